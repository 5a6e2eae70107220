import { afterEach, describe, expect, it, vi } from 'vitest';
import { outcome, serve } from '../testing/server';
import type { HttpError} from './http';
import { getJson, onUnauthorized, postJson, send, setAntiforgery } from './http';

afterEach(() => {
  setAntiforgery('');
  vi.unstubAllGlobals();
});

const failureOf = (promise: Promise<unknown>) => promise.then(() => expect.unreachable('it was answered'), (error: unknown) => error as HttpError);

describe('requests', () => {
  it('send_the_antiforgery_token_with_what_changes_something_and_never_with_a_read', async () => {
    const asked = serve({ 'GET /a': { body: {} }, 'POST /a': { body: {} }, 'DELETE /a': {}, 'PUT /a': {} });
    setAntiforgery('t');
    await getJson('/a');
    await postJson('/a', { x: 1 });
    await send('DELETE', '/a');
    await send('PUT', '/a', {});
    expect(asked.map((a) => [a.method, a.headers['X-Salus-Antiforgery']])).toEqual([['GET', undefined], ['POST', 't'], ['DELETE', 't'], ['PUT', 't']]);
  });

  it('tell_whoever_listens_that_nobody_is_signed_in_any_more', async () => {
    serve({ 'GET /a': { status: 401, body: outcome('login', 'Sign in first.') } });
    let heard = 0;
    const end = onUnauthorized(() => heard++);
    const failure = await failureOf(getJson('/a'));
    expect([failure.status, failure.message, heard]).toEqual([401, 'Sign in first.', 1]);
    end();
    await failureOf(getJson('/a'));
    expect(heard).toBe(1);
  });

  it('are_sent_once_more_when_another_tab_has_changed_the_cookie_of_the_token_and_only_then', async () => {
    const token = (asked: { headers: Record<string, string> }) => asked.headers['X-Salus-Antiforgery'];
    const asked = serve({ 'GET /access/session': { body: { antiforgery: 'new' } }, 'POST /a': (a) => (token(a) === 'new' ? { body: {} } : { status: 403, body: outcome('forbidden', 'The token is not of this session.') }), 'POST /b': { status: 403, body: outcome('forbidden', 'Not for your role.') } });
    setAntiforgery('old');
    await send('POST', '/a', { x: 1 });
    expect(asked.map((a) => [a.path, token(a)])).toEqual([['/a', 'old'], ['/access/session', undefined], ['/a', 'new']]);
    expect((await failureOf(send('POST', '/b'))).message).toBe('Not for your role.');
    expect(asked.filter((a) => a.path === '/b')).toHaveLength(1);
  });

  it('keep_how_long_one_has_to_wait', async () => {
    serve({ 'POST /a': { status: 429, body: outcome('throttled', 'Too many.'), headers: { 'Retry-After': '30' } } });
    expect((await failureOf(send('POST', '/a'))).wait).toBe(30);
  });

  it('name_the_field_that_the_server_names', async () => {
    serve({ 'POST /a': { status: 422, body: outcome('value', 'Too short.', 'password') } });
    expect((await failureOf(send('POST', '/a'))).problems[0]?.where).toEqual(['password']);
  });
});
