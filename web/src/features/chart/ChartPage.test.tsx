// @vitest-environment jsdom
import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderAt } from '../../testing/page';
import { account, serve, session } from '../../testing/server';
import { ChartPage } from './ChartPage';

beforeEach(() => {
  vi.stubGlobal('scrollTo', () => undefined);
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(cleanup);

const routes = [{ path: '/patients/:patientId', Component: ChartPage, children: [{ index: true, element: <p>The overview</p> }] }];

const open = (role: string, permissions: string[], reads?: string[]) => {
  const asked = serve({
    'GET /access/session': { body: session(account(role, permissions, { reads })) },
    'GET /fhir/Patient/p1': { body: { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei', given: ['Ama'] }] } },
  });
  renderAt('/patients/p1', routes);
  return asked;
};

describe('the chart', () => {
  it('is_the_name_alone_for_who_may_see_no_more', async () => {
    const asked = open('privacy-officer', ['audit.read'], ['Patient']);
    expect((await screen.findByRole('link', { name: 'Who looked at this record' })).getAttribute('href')).toBe('/audit?patient=p1');
    expect(screen.queryByRole('navigation', { name: 'Chart' })).toBeNull();
    expect(asked.filter((a) => /^\/fhir\/(?!Patient\/p1)/.test(a.path))).toEqual([]);
  });

  it('offers_no_tab_that_would_be_refused', async () => {
    open('operations-manager', [], ['Patient', 'Encounter']);
    const chart = await screen.findByRole('navigation', { name: 'Chart' });
    expect([...chart.querySelectorAll('a')].map((a) => a.textContent)).toEqual(['Overview', 'Encounters']);
  });

  it('has_all_tabs_where_nothing_is_held_back', async () => {
    open('nurse', []);
    const chart = await screen.findByRole('navigation', { name: 'Chart' });
    expect(chart.querySelectorAll('a')).toHaveLength(12);
  });
});
