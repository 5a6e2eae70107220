// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { here, renderAt } from '../../testing/page';
import { serve } from '../../testing/server';
import { AuditPage } from './AuditPage';

afterEach(cleanup);

const entry = { id: 'e1', at: '2026-11-21T08:00:00Z', kind: 'breakGlass', action: 'E', outcome: 'success', actor: 'user/1', actorName: 'Ada Physician', roles: ['physician'], address: '10.0.0.7', purpose: 'emergency', type: 'Patient', resourceId: 'p1', patients: ['p1'], detail: 'opened', request: 'r1' };
const routes = [{ path: '/audit', Component: AuditPage }];

const server = (verified: object) =>
  serve({
    'GET /admin/access/audit': { body: { entries: [entry], next: null } },
    'GET /admin/access/audit/days': { body: [{ day: '2026-11-20', entries: 12, sealedAt: '2026-11-21T00:00:01Z', sealHash: 'abcdef0123456789abcdef', state: 'sealed' }] },
    'POST /admin/access/audit/verify': { body: verified },
  });

describe('the audit page', () => {
  it('asks_what_the_address_says_and_shows_who_did_what_and_why', async () => {
    const asked = server({ ok: true, checked: 12 });
    renderAt('/audit?patient=p1&kind=breakGlass', routes);
    expect(await screen.findByText('Ada Physician')).toBeTruthy();
    expect(asked[0]!.path).toBe('/admin/access/audit?patient=p1&kind=breakGlass&count=100');
    fireEvent.click(screen.getByRole('button', { name: /21-Nov-2026/ }));
    expect(screen.getByText('10.0.0.7')).toBeTruthy();
    expect(screen.getByText('opened')).toBeTruthy();
  });

  it('asks_by_the_button_and_not_with_every_letter', async () => {
    const asked = server({ ok: true, checked: 12 });
    const { router } = renderAt('/audit', routes);
    await screen.findByText('Ada Physician');
    const before = asked.length;
    fireEvent.change(screen.getByLabelText('Patient id'), { target: { value: 'p2' } });
    expect(asked).toHaveLength(before);
    fireEvent.click(screen.getByRole('button', { name: 'Search' }));
    await waitFor(() => expect(here(router)).toBe('/audit?patient=p2'));
    await waitFor(() => expect(asked.some((a) => a.path.includes('patient=p2'))).toBe(true));
  });

  it('finds_a_patient_by_name_or_number', async () => {
    const asked = serve({
      'GET /admin/access/audit': { body: { entries: [{ ...entry, why: 'Cardiac arrest' }], next: null } },
      'GET /admin/access/audit/days': { body: [] },
      'GET /fhir/Patient': { body: { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: 'p7', name: [{ family: 'Osei', given: ['Ama'] }], birthDate: '1960-01-02' } }] } },
    });
    const { router } = renderAt('/audit', routes);
    expect(await screen.findByText('Cardiac arrest')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Name or number of the patient'), { target: { value: 'ose' } });
    fireEvent.click(await screen.findByRole('radio', { name: /OSEI, Ama.*born 02-Jan-1960/ }));
    expect(asked.find((a) => a.path.startsWith('/fhir/Patient'))!.path).toMatch(/name=ose/);
    fireEvent.click(screen.getByRole('button', { name: 'Search' }));
    await waitFor(() => expect(here(router)).toBe('/audit?patient=p7'));
  });

  it('names_the_first_bad_entry_of_a_day_that_was_tampered_with', async () => {
    const asked = server({ ok: false, checked: 3, firstBad: { id: 'e9', at: '2026-11-20T09:00:00Z', reason: 'The entry was changed.' } });
    renderAt('/audit', routes);
    fireEvent.click(await screen.findByRole('button', { name: 'Verify 20-Nov-2026' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/20-Nov-2026 was tampered with.*e9.*The entry was changed/);
    expect(asked.find((a) => a.method === 'POST')!.body).toEqual({ day: '2026-11-20' });
  });

  it('says_of_a_day_without_entries_that_there_are_none', async () => {
    server({ ok: true, checked: 0 });
    renderAt('/audit', routes);
    fireEvent.click(await screen.findByRole('button', { name: 'Verify 20-Nov-2026' }));
    expect((await screen.findByText(/there are no entries of this day/)).textContent).toMatch(/^20-Nov-2026/);
    expect(screen.queryByText(/0 entries checked/)).toBeNull();
  });
});
