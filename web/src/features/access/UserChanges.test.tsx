// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { renderAt } from '../../testing/page';
import { account, outcome, serve, session, type Asked, type Routes } from '../../testing/server';
import { ClientForm } from './ClientForm';
import { InviteDialog } from './InviteDialog';
import { UserPage } from './UserPage';

afterEach(cleanup);

const user = { id: 'u1', userName: 'grace', name: 'Grace Hopper', roles: ['nurse'], person: null, wards: [], state: 'active', secondFactor: false, version: 3 };
const table = { roles: [{ name: 'nurse', description: 'Cares.' }], groups: [], rows: [], permissions: [], conditions: [] };

/** Changes are refused with 428 until somebody proved again who they are. */
function serveUsers(routes: Routes): Asked[] {
  let proved = false;
  const guarded = Object.entries(routes).map(([route, answer]): [string, Routes[string]] => [route, (asked) => (!proved ? { status: 428, body: outcome('login', 'Say once more who you are.') } : typeof answer === 'function' ? answer(asked) : answer)]);
  return serve({
    'GET /access/session': { body: session(account('administrator', ['users.manage'])) },
    'GET /admin/access/table': { body: table },
    'GET /admin/access/users/u1': { body: user },
    'GET /admin/access/users/u1/sessions': { body: [] },
    'POST /access/reauthenticate': () => {
      proved = true;
      return {};
    },
    ...Object.fromEntries(guarded),
  });
}

async function prove() {
  fireEvent.change(await screen.findByLabelText('Your password'), { target: { value: 'secret words' } });
  fireEvent.click(screen.getByRole('button', { name: 'Confirm' }));
}

const sent = (asked: Asked[], method: string, path: string) => asked.filter((a) => a.method === method && a.path === path).map((a) => a.body);

describe('changing users', () => {
  it('asks_for_the_password_once_more_and_sends_the_same_invitation_again', async () => {
    const asked = serveUsers({ 'POST /admin/access/users': { status: 201, body: { user: { ...user, name: 'Ada Lovelace' }, link: '/one-time/x' } } });
    renderAt('/', [{ path: '/', element: <InviteDialog opened close={() => undefined} /> }]);
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Ada Lovelace' } });
    fireEvent.click(await screen.findByRole('checkbox', { name: /nurse/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Make the invitation' }));
    await prove();
    expect(await screen.findByText(/one-time\/x/)).toBeTruthy();
    const invitation = { name: 'Ada Lovelace', roles: ['nurse'], person: null, wards: [] };
    expect(sent(asked, 'POST', '/admin/access/users')).toEqual([invitation, invitation]);
  });

  it('keeps_what_was_typed_of_an_app_while_it_asks', async () => {
    const asked = serveUsers({ 'POST /admin/access/clients': { status: 201, body: { id: 'app-1' } } });
    renderAt('/', [{ path: '/', element: <ClientForm close={() => undefined} /> }]);
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Growth chart' } });
    fireEvent.change(screen.getByLabelText('Redirect addresses'), { target: { value: 'https://app.example.org/back' } });
    fireEvent.click(screen.getByRole('button', { name: 'Register' }));
    await prove();
    expect(await screen.findByText('app-1')).toBeTruthy();
    expect(sent(asked, 'POST', '/admin/access/clients')).toHaveLength(2);
    expect(sent(asked, 'POST', '/admin/access/clients')[1]).toMatchObject({ name: 'Growth chart', redirectUris: ['https://app.example.org/back'] });
  });

  it('keeps_what_was_typed_of_an_account_while_it_asks', async () => {
    const asked = serveUsers({ 'PUT /admin/access/users/u1': { body: { ...user, version: 4 } } });
    renderAt('/users/u1', [{ path: '/users/:userId', element: <UserPage /> }]);
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Grace B. Hopper' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await prove();
    await waitFor(() => expect(sent(asked, 'PUT', '/admin/access/users/u1')).toHaveLength(2));
    expect(sent(asked, 'PUT', '/admin/access/users/u1')[1]).toMatchObject({ name: 'Grace B. Hopper', version: 3 });
  });

  it('does_what_was_chosen_after_the_proof', async () => {
    const asked = serveUsers({ 'POST /admin/access/users/u1/remove-second-factor': {} });
    renderAt('/users/u1', [{ path: '/users/:userId', element: <UserPage /> }]);
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the second factor' }));
    fireEvent.click((await screen.findAllByRole('button', { name: 'Remove the second factor' })).at(-1)!);
    await prove();
    expect(await screen.findByText('Done.')).toBeTruthy();
    expect(sent(asked, 'POST', '/admin/access/users/u1/remove-second-factor')).toHaveLength(2);
  });
});
