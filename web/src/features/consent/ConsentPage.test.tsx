// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { renderAt } from '../../testing/page';
import { account, outcome, serve, session } from '../../testing/server';
import { ConsentPage } from './ConsentPage';

afterEach(cleanup);
const routes = [{ path: '/consent', Component: ConsentPage }];
const request = { client: { id: 'c1', name: 'Growth Chart' }, scopes: [{ scope: 'patient/Patient.r', words: 'Read who the patient is', sensitive: false }, { scope: 'patient/Observation.rs', words: 'Read measurements', sensitive: true }], needsPatient: true, patient: null, redirectHost: 'app.example' };
const server = (more: object = {}) =>
  serve({
    'GET /access/session': { body: session(account('patient', [], { person: 'Patient/p1' })) },
    'GET /access/consent/r1': { body: request },
    'GET /fhir/Patient/p1': { body: { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei' }] } },
    'POST /access/consent/r1': { status: 409, body: outcome('conflict', 'Answered already.') },
    ...more,
  });

describe('what an app asks for', () => {
  it('says_who_asks_where_it_goes_and_sends_only_what_was_left_checked', async () => {
    const asked = server();
    renderAt('/consent?request=r1', routes);
    expect(await screen.findByRole('heading', { name: 'Growth Chart asks for access' })).toBeTruthy();
    expect(screen.getByText('app.example')).toBeTruthy();
    expect(screen.getByText('Sensitive')).toBeTruthy();
    const allow = screen.getByRole<HTMLButtonElement>('button', { name: 'Allow' });
    expect(allow.disabled).toBe(true);
    fireEvent.click(await screen.findByLabelText(/OSEI/));
    fireEvent.click(screen.getByLabelText(/Read measurements/));
    fireEvent.click(allow);
    await waitFor(() => expect(asked.find((a) => a.method === 'POST')?.body).toEqual({ allow: true, scopes: ['patient/Patient.r'], patient: 'p1' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Answered already.');
  });

  it('sends_nothing_that_could_be_used_when_it_is_refused', async () => {
    const asked = server();
    renderAt('/consent?request=r1', routes);
    fireEvent.click(await screen.findByRole('button', { name: 'Refuse' }));
    await waitFor(() => expect(asked.find((a) => a.method === 'POST')?.body).toEqual({ allow: false, scopes: [] }));
  });

  it('says_when_the_request_is_over', async () => {
    server({ 'GET /access/consent/r1': { status: 404, body: outcome('not-found', 'No such request.') } });
    renderAt('/consent?request=r1', routes);
    expect(await screen.findByRole('heading', { name: 'This request is over' })).toBeTruthy();
  });
});
