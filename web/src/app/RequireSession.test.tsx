// @vitest-environment jsdom
import { cleanup, screen, waitFor } from '@testing-library/react';
import { useQuery } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { getJson } from '../lib/http';
import { here, renderAt } from '../testing/page';
import { account, outcome, serve, session } from '../testing/server';
import { Home } from './Home';
import { pagesFor } from './pages';
import { Rail } from './Rail';
import { Needs, RequireSession } from './RequireSession';
import { SessionWatch } from './SessionWatch';

afterEach(cleanup);

function Record() {
  const { data } = useQuery({ queryKey: ['fhir', 'x'], queryFn: () => getJson<{ text: string }>('/fhir/x') });
  return <p>{data?.text ?? 'nothing'}</p>;
}

const routes = [
  {
    element: <><SessionWatch /><RequireSession /></>,
    children: [
      { index: true, Component: Home },
      { path: '/patients', Component: Record },
      { element: <Needs permission="audit.read" />, children: [{ path: '/audit', element: <p>The trail</p> }] },
      { path: '/account', element: <p>My account</p> },
      { path: '/fhirpath', element: <p>FHIRPath</p> },
      { path: '/rail', Component: Rail },
    ],
  },
  { path: '/sign-in', element: <p>Sign in</p> },
  { path: '/first-run', element: <p>First run</p> },
];

describe('pages that need a session', () => {
  it('ask_for_nothing_of_the_record_before_one_is_signed_in_and_lead_back_afterwards', async () => {
    const asked = serve({ 'GET /access/session': { body: session(null) } });
    const { router } = renderAt('/patients?q=a', routes);
    await waitFor(() => expect(here(router)).toBe('/sign-in?returnUrl=%2Fpatients%3Fq%3Da'));
    expect(asked.map((a) => a.path)).toEqual(['/access/session']);
  });

  it('lead_to_the_first_run_while_there_is_no_account', async () => {
    serve({ 'GET /access/session': { body: session(null, { firstRun: true }) } });
    const { router } = renderAt('/patients', routes);
    await waitFor(() => expect(here(router)).toBe('/first-run'));
  });

  it('wait_for_the_second_factor', async () => {
    serve({ 'GET /access/session': { body: session(null, { pending: 'enrol' }) } });
    const { router } = renderAt('/patients', routes);
    await waitFor(() => expect(here(router)).toMatch(/^\/sign-in/));
  });

  it('say_that_the_session_has_ended_when_any_request_is_answered_401_and_forget_what_was_read', async () => {
    let over = false;
    serve({
      'GET /access/session': () => ({ body: session(over ? null : account('nurse')) }),
      'GET /fhir/x': () => (over ? { status: 401, body: outcome('login', 'Sign in first.') } : { body: { text: 'of a patient' } }),
    });
    const { router, client } = renderAt('/patients', routes);
    await screen.findByText('of a patient');
    over = true;
    await client.refetchQueries({ queryKey: ['fhir', 'x'] });
    await waitFor(() => expect(here(router)).toBe('/sign-in?why=ended&returnUrl=%2Fpatients'));
    await waitFor(() => expect(client.getQueryCache().find({ queryKey: ['fhir', 'x'] })?.state.data).toBeUndefined());
  });

  it('name_the_missing_permission_and_whom_to_ask', async () => {
    serve({ 'GET /access/session': { body: session(account('nurse', ['breakglass.use'])) } });
    renderAt('/audit', routes);
    expect(await screen.findByText('audit.read')).toBeTruthy();
    expect(screen.getByText(/ask an administrator/)).toBeTruthy();
    expect(screen.queryByText('The trail')).toBeNull();
  });

  it('begin_with_a_page_that_the_role_may_open', async () => {
    serve({ 'GET /access/session': { body: session(account('analyst', ['views.run', 'data.export'])) } });
    const { router } = renderAt('/', routes);
    await waitFor(() => expect(here(router)).toBe('/fhirpath'));
  });
});

const rail = (role: string, permissions: string[] = [], more: object = {}) => pagesFor(account(role, permissions, more)).map((page) => page.label);

describe('the rail', () => {
  it('shows_each_role_its_own_pages', () => {
    expect(rail('physician', ['breakglass.use'])).toEqual(['Ward', 'Patients', 'Alerts', 'FHIRPath']);
    expect(rail('administrator', ['system.view', 'users.manage', 'apps.manage'])).toEqual(['FHIRPath', 'System', 'Access']);
    expect(rail('privacy-officer', ['audit.read', 'breakglass.review'])).toEqual(['Patients', 'FHIRPath', 'Access', 'Audit', 'Reviews']);
    expect(rail('patient', [], { person: 'Patient/7' })).toEqual(['My record', 'Who looked']);
    expect(rail('patient', [], { person: 'RelatedPerson/7' })).toEqual(['Patients', 'Who looked']);
    expect(rail('executive')).toEqual([]);
  });

  it('tells_the_privacy_officer_how_many_reviews_wait_and_asks_for_nobody_else', async () => {
    serve({ 'GET /access/session': { body: session(account('privacy-officer', ['breakglass.review'])) }, 'GET /admin/access/notices': { body: { openReviews: 3, active: 1, newest: [] } } });
    renderAt('/rail', routes);
    expect((await screen.findByText('3')).textContent).toBe('3 to review');
    cleanup();
    const asked = serve({ 'GET /access/session': { body: session(account('nurse')) } });
    renderAt('/rail', routes);
    await screen.findByText('Patients');
    expect(asked.map((a) => a.path)).toEqual(['/access/session']);
  });
});
