// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeEvents } from '../../testing/events';
import { here, renderAt } from '../../testing/page';
import { account, serve, session } from '../../testing/server';
import { AlertsPage } from './AlertsPage';

afterEach(cleanup);

// The sound card of these tests: counts pulses.
let pulses = 0;
const param = { value: 0, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };
const node = { frequency: param, gain: param, setPeriodicWave: () => undefined, connect: () => node, start: () => void pulses++, stop: () => undefined };
vi.stubGlobal('AudioContext', class { state = 'suspended'; currentTime = 0; resume = () => Promise.resolve(); suspend = () => Promise.resolve(); createPeriodicWave = () => ({}); createOscillator = () => node; createGain = () => node; });

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 1_000).toISOString();
const alert = (id: string, more: object = {}) => ({ id, patient: 'p1', rule: 'tachycardia', title: `Alert ${id}`, priority: 'medium', status: 'delivered', raisedAt: ago(10), why: { text: 'heart-rate is 144.', values: [{ metric: 'heart-rate', value: 144, unit: '/min' }], ruleVersion: 3 }, seq: 1, ...more });
const alerts = [alert('a1', { status: 'acknowledged', acknowledgedBy: 'Ada Nurse', priority: 'high' }), alert('a2'), alert('a3', { priority: 'high', raisedAt: ago(2) }), alert('a4', { priority: 'low', snoozedUntil: new Date(Date.now() + 600_000).toISOString() })];
const patients = { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei', given: ['Ama'] }], birthDate: '1976-11-15' } }] };
const server = (more = {}) =>
  serve({ 'GET /access/session': { body: session(account('nurse', ['monitoring.view'])) }, 'GET /monitoring/alerts': { body: alerts }, 'GET /monitoring/wards': { body: [{ id: 'w1', name: 'Ward 1', beds: 9 }] }, 'GET /fhir/Patient': { body: patients }, ...more });
const routes = [{ path: '/alerts', Component: AlertsPage }];
const titles = () => screen.getAllByRole('button', { name: /^. ?Alert a\d|Alert a\d$/ }).map((button) => /a\d/.exec(button.textContent)?.[0]).filter(Boolean);

describe('the inbox of alerts', () => {
  it('shows_who_waits_first_with_priority_in_words_and_who_has_it', async () => {
    fakeEvents();
    const asked = server();
    const { router } = renderAt('/alerts', routes);
    expect((await screen.findAllByText('OSEI, Ama')).length).toBe(4);
    expect(titles()).toEqual(['a3', 'a2', 'a1', 'a4']);
    const row = screen.getByText('Alert a3').closest('tr')!;
    expect(row.textContent).toMatch(/▲ high !!!.*born 15-Nov-1976.*2 min ago.*nobody yet/);
    expect(screen.getByText('Alert a1').closest('tr')!.textContent).toMatch(/Ada Nurse/);
    expect(screen.getByText('Sound is off')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Open and past'));
    await waitFor(() => expect(here(router)).toBe('/alerts?status=all'));
    await waitFor(() => expect(asked.some((a) => a.path === '/monitoring/alerts?status=all&count=200')).toBe(true));
    // One question for the names of all.
    expect(asked.filter((a) => a.path.startsWith('/fhir/Patient')).length).toBe(1);
  });

  it('snoozes_with_minutes_and_reason', async () => {
    fakeEvents();
    const asked = server({ 'POST /monitoring/alerts/a2/snooze': { body: alert('a2', { snoozedUntil: ago(-15) }) } });
    renderAt('/alerts', routes);
    await screen.findByText('Alarm burden');
    fireEvent.click(await screen.findByRole('button', { name: 'Act on Alert a2, OSEI, Ama' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toMatch(/OSEI, Ama, born 15-Nov-1976/);
    fireEvent.click(within(dialog).getByLabelText('Snooze'));
    fireEvent.change(within(dialog).getByLabelText('For how long'), { target: { value: '30' } });
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'Physiotherapy' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Snooze it' }));
    await waitFor(() => expect(asked.find((a) => a.method === 'POST')?.body).toEqual({ reason: 'Physiotherapy', minutes: 30 }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('lets_a_physician_change_the_rule_for_this_patient_beside_what_is_changed_already', async () => {
    fakeEvents();
    const other = { rule: 'hypotension', off: true, reason: 'known', until: ago(-600) };
    const asked = server({
      'GET /access/session': { body: session(account('physician', ['monitoring.view'])) },
      'GET /monitoring/patients/p1/adjustments': { body: { adjustments: [other], spo2Scale: null, oxygen: null } },
      'PUT /monitoring/patients/p1/adjustments': ({ body }: { body: unknown }) => ({ body: { adjustments: (body as { adjustments: object[] }).adjustments, spo2Scale: null, oxygen: null } }),
    });
    renderAt('/alerts', routes);
    fireEvent.click(await screen.findByRole('button', { name: 'Act on Alert a2, OSEI, Ama' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(await within(dialog).findByRole('button', { name: 'Change this rule for this patient' }));
    fireEvent.change(within(dialog).getByLabelText('Limit'), { target: { value: '160' } });
    fireEvent.change(within(dialog).getByLabelText('Why'), { target: { value: 'known flutter' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Change it' }));
    await within(dialog).findByText('“known flutter”');
    expect(asked.find((a) => a.method === 'PUT')!.body).toMatchObject({ adjustments: [other, { rule: 'tachycardia', threshold: 160, reason: 'known flutter' }] });
  });

  it('offers_nothing_to_do_while_it_is_not_known_whom_it_is_about', async () => {
    fakeEvents();
    server({ 'GET /fhir/Patient': { status: 503, body: {} } });
    renderAt('/alerts', routes);
    await screen.findByText('Alarm burden');
    expect(await screen.findByText(/names of the patients could not be loaded/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Act on Alert a2, patient not known' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toMatch(/Who this is could not be loaded/);
    expect(within(dialog).queryByRole('textbox')).toBeNull();
  });

  it('sounds_for_high_priority_only_after_a_person_turned_it_on', async () => {
    fakeEvents();
    server();
    renderAt('/alerts', routes);
    await screen.findByText('Alarm burden');
    await screen.findByText('Alert a3');
    expect(pulses).toBe(0);
    fireEvent.click(screen.getByRole('button', { name: 'Turn the sound on' }));
    expect(await screen.findByText('Sounding: 1 high')).toBeTruthy();
    await waitFor(() => expect(pulses).toBe(10));
    fireEvent.click(screen.getByRole('button', { name: 'Turn the sound off' }));
    expect(await screen.findByText('Sound is off')).toBeTruthy();
  });

  it('is_live_for_a_ward', async () => {
    const sources = fakeEvents();
    server();
    renderAt('/alerts?ward=w1', routes);
    await screen.findByText('Alarm burden');
    expect((await screen.findAllByText('OSEI, Ama')).length).toBe(4);
    const source = sources.at(-1)!;
    source.open();
    source.send('alert', alert('a9', { priority: 'high', title: 'Alert a9', seq: 20 }));
    source.send('alert', alert('a2', { status: 'resolved', seq: 21 }));
    await waitFor(() => expect(titles()).toEqual(['a9', 'a3', 'a1', 'a4']));
    expect(document.querySelector('[data-announce=high]')!.textContent).toMatch(/Alert a9, OSEI, Ama/);
  });
});
