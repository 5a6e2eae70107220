// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { here, renderAt } from '../../testing/page';
import { account, outcome, serve, session, type Routes } from '../../testing/server';
import { SignInPage } from './SignInPage';

const routes = [{ path: '/sign-in', Component: SignInPage }, { path: '*', element: <p>Another page</p> }];
beforeEach(() => vi.stubGlobal('scrollTo', () => undefined));
const own = window.location;
afterEach(() => {
  cleanup();
  vi.stubGlobal('location', own);
});

/** A server whose session changes when sign-in succeeds. */
function server(after: unknown, signIn: Routes[string], more: Routes = {}) {
  let signedIn = false;
  return serve({
    'GET /access/session': () => ({ body: signedIn ? after : session(null, { demoAccounts: [{ userName: 'nurse', password: 'demo-password', name: 'Ada Demo', role: 'Nurse', home: '/patients' }] }) }),
    'POST /access/sign-in': (asked) => {
      const answer = typeof signIn === 'function' ? signIn(asked) : signIn;
      signedIn = (answer.status ?? 200) === 200;
      return answer;
    },
    ...more,
  });
}

async function fill(userName: string, password: string) {
  fireEvent.change(await screen.findByLabelText('User name'), { target: { value: userName } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: password } });
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

describe('the sign-in page', () => {
  it('signs_in_with_the_token_of_the_session_and_follows_the_return_address', async () => {
    const asked = server(session(account('nurse')), { body: { next: 'done' } });
    const { router } = renderAt('/sign-in?returnUrl=%2Fpatients%3Fq%3Da', routes);
    await fill(' nurse ', 'secret words');
    await waitFor(() => expect(here(router)).toBe('/patients?q=a'));
    const post = asked.find((a) => a.method === 'POST')!;
    expect(post.body).toEqual({ userName: 'nurse', password: 'secret words' });
    expect(post.headers['X-Salus-Antiforgery']).toBe('token-1');
  });

  it('says_that_passkeys_work_at_localhost_where_the_page_was_opened_by_its_address', async () => {
    server(undefined, {});
    vi.stubGlobal('location', new URL('http://127.0.0.1:8080/sign-in'));
    renderAt('/sign-in', routes);
    expect((await screen.findByRole<HTMLAnchorElement>('link', { name: 'localhost' })).getAttribute('href')).toBe('http://localhost:8080/sign-in');
    expect(screen.queryByRole('button', { name: 'Use a passkey' })).toBeNull();
  });

  it('asks_for_a_passkey_by_hand_only_when_the_list_of_the_field_asks_no_more', async () => {
    const gets: { mediation?: string; aborted: () => boolean; open: boolean }[] = [];
    vi.stubGlobal('PublicKeyCredential', { isConditionalMediationAvailable: () => Promise.resolve(true), parseRequestOptionsFromJSON: (json: unknown) => json });
    Object.defineProperty(navigator, 'credentials', {
      configurable: true,
      value: {
        get: ({ mediation, signal }: { mediation?: string; signal?: AbortSignal }) => {
          expect(gets.filter((g) => g.open)).toEqual([]);
          const get = { mediation, aborted: () => signal?.aborted ?? false, open: true };
          gets.push(get);
          if (mediation !== 'conditional') return Promise.resolve({ toJSON: () => ({ id: 'key' }) });
          return new Promise((_, reject) =>
            signal!.addEventListener('abort', () =>
              setTimeout(() => {
                get.open = false;
                reject(new DOMException('ended', 'AbortError'));
              }, 20),
            ),
          );
        },
      },
    });
    let signedIn = false;
    serve({
      'GET /access/session': () => ({ body: session(signedIn ? account('nurse') : null) }),
      'POST /access/sign-in/passkey/options': { body: { challenge: 'AAAA' } },
      'POST /access/sign-in/passkey': () => {
        signedIn = true;
        return { body: { next: 'done' } };
      },
    });
    const { router } = renderAt('/sign-in', routes);
    await waitFor(() => expect(gets.map((g) => g.mediation)).toEqual(['conditional']));
    fireEvent.click(screen.getByRole('button', { name: 'Use a passkey' }));
    await waitFor(() => expect(here(router)).toBe('/'));
    expect(gets.map((g) => g.mediation)).toEqual(['conditional', undefined]);
    Reflect.deleteProperty(navigator, 'credentials');
    vi.stubGlobal('PublicKeyCredential', undefined);
  });

  it('does_not_follow_an_address_of_another_server', async () => {
    server(session(account('nurse')), { body: { next: 'done' } });
    const { router } = renderAt('/sign-in?returnUrl=%2F%2Fevil.example%2F', routes);
    await fill('nurse', 'secret words');
    await waitFor(() => expect(here(router)).toBe('/'));
  });

  it('says_what_the_server_says_and_empties_the_password', async () => {
    server(undefined, { status: 401, body: outcome('login', 'User name or password is wrong.') });
    renderAt('/sign-in', routes);
    await fill('nurse', 'wrong');
    expect((await screen.findByRole('alert')).textContent).toBe('User name or password is wrong.');
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('');
    expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('nurse');
  });

  it('says_how_long_to_wait', async () => {
    server(undefined, { status: 429, body: outcome('throttled', 'Too many attempts.'), headers: { 'Retry-After': '120' } });
    renderAt('/sign-in', routes);
    await fill('nurse', 'wrong');
    expect((await screen.findByRole('alert')).textContent).toBe('Too many attempts. Try again in 2 min.');
  });

  it('asks_for_the_second_factor_and_goes_on_after_it', async () => {
    let given = false;
    const asked = server(undefined, { body: { next: 'second-factor' } }, {
      'POST /access/sign-in/second-factor': () => {
        given = true;
        return { body: { next: 'done' } };
      },
      'GET /access/session': () => ({ body: given ? session(account('physician')) : session(null, { pending: 'second-factor' }) }),
    });
    const { router } = renderAt('/sign-in', routes);
    fireEvent.change(await screen.findByLabelText('Code of your authenticator app'), { target: { value: '12 34 56x' } });
    fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
    await waitFor(() => expect(here(router)).toBe('/'));
    expect(asked.find((a) => a.path.endsWith('second-factor'))!.body).toEqual({ kind: 'totp', code: '123456' });
  });

  it('sets_up_a_second_factor_where_the_role_needs_one_and_shows_the_recovery_codes_before_it_goes_on', async () => {
    let confirmed = false;
    serve({
      'GET /access/session': () => ({ body: confirmed ? session(account('administrator')) : session(null, { pending: 'enrol' }) }),
      'POST /access/account/totp': { body: { secret: 'ABCDEFGH', uri: 'otpauth://x', qrSvg: '<svg/>' } },
      'POST /access/account/totp/confirm': () => ({ body: { recoveryCodes: ['aaaa-1111', 'bbbb-2222'] } }),
    });
    const { router } = renderAt('/sign-in', routes);
    expect(await screen.findByText('ABCD EFGH')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Code that the app shows'), { target: { value: '123456' } });
    fireEvent.click(screen.getByRole('button', { name: 'Switch on' }));
    expect(await screen.findByText('bbbb-2222')).toBeTruthy();
    const go = screen.getByRole<HTMLButtonElement>('button', { name: 'Continue' });
    expect(go.disabled).toBe(true);
    fireEvent.click(screen.getByRole('checkbox'));
    confirmed = true;
    fireEvent.click(go);
    await waitFor(() => expect(here(router)).toBe('/'));
  });

  it('offers_demo_accounts_only_where_the_server_names_them_and_says_what_they_are', async () => {
    server(undefined, {});
    renderAt('/sign-in', routes);
    fireEvent.click(await screen.findByRole('button', { name: /Nurse/ }));
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('demo-password');
    expect(screen.getByText(/passwords that everybody knows/)).toBeTruthy();
    cleanup();
    serve({ 'GET /access/session': { body: session(null) } });
    renderAt('/sign-in', routes);
    await screen.findByLabelText('User name');
    expect(screen.queryByText('Demo accounts')).toBeNull();
  });
});
