// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { Outlet } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Patient } from '../../fhir/types.gen';
import { fakeEvents } from '../../testing/events';
import { renderAt } from '../../testing/page';
import { account, outcome, serve, session } from '../../testing/server';
import { LiveTab } from './LiveTab';

// A canvas is nothing that this document can draw on; the table shows the same points.
vi.mock('uplot', () => ({ default: class {} }));
afterEach(cleanup);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const patient: Patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei', given: ['Ama'] }], birthDate: '1976-11-15' };
const state = (value: number, score: number, minutes = 0) => ({ patient: 'p1', at: ago(minutes), readings: [{ metric: 'heart-rate', display: 'Heart rate', unit: '/min', value, time: ago(minutes), stale: false, flags: [], slope: 20, device: 'd1' }], scores: [{ name: 'news2', value: score, complete: false, level: score > 6 ? 'high' : 'low', parts: [{ name: 'pulse', points: 1, value }, { name: 'temperature', points: null, why: 'stale' }] }] });
const alert = { id: 'a1', patient: 'p1', rule: 'r', title: 'Heart rate of 140 or more', priority: 'high', status: 'raised', raisedAt: ago(5), why: { text: 'heart-rate is 144.', ruleVersion: 1 }, seq: 3 };
const server = (more = {}) =>
  serve({
    'GET /monitoring/patients/p1': { body: { state: state(92, 2, 1), alerts: [] } },
    'GET /monitoring/alerts': { body: [] },
    'GET /telemetry/p1': ({ path }: { path: string }) => {
      const metric = new URL(path, 'http://x').searchParams.get('metric');
      return { body: { patient: 'p1', metric, unit: '/min', resolution: 'minute', series: metric === 'heart-rate' ? [{ device: 'd1', points: [[Date.now() - 600_000, 60, 96, 91.5, 60, 92]] }] : [] } };
    },
    'GET /telemetry/p1/waveforms': { body: { from: 0, to: 1, series: [] } },
    ...more,
  });
const routes = [{ path: '/', element: <Outlet context={{ patientId: 'p1', patient }} />, children: [{ path: 'live', Component: LiveTab }] }];
const rows = () => within(screen.getByRole('table', { name: 'Device data, newest first' })).getAllByRole('row').slice(1).map((row) => row.textContent);

describe('the live tab', () => {
  it('shows_the_score_with_its_parts_and_the_points_of_the_span_as_a_table', async () => {
    fakeEvents();
    const asked = server();
    renderAt('/live?view=table&span=6h', routes);
    const parts = await screen.findByRole('table', { name: 'What NEWS2 is made of' });
    expect(parts.textContent).toBe('What NEWS2 is made ofpulse921temperature–stale');
    expect(screen.getByText('1 of 2 missing')).toBeTruthy();
    await waitFor(() => expect(rows()[0]).toMatch(/Heart rate91.5 \/min60 to 9660d1/));
    const question = new URL(asked.find((a) => a.path.startsWith('/telemetry/p1?metric=heart-rate'))!.path, 'http://x').searchParams;
    expect([question.get('resolution'), question.get('points')]).toEqual(['auto', '1500']);
    expect(Date.parse(question.get('to')!) - Date.parse(question.get('from')!)).toBe(6 * 3_600_000 + 300_000);
  });

  it('adds_what_the_stream_brings_to_score_points_and_alerts', async () => {
    const sources = fakeEvents();
    server();
    renderAt('/live?view=table', routes);
    await screen.findByRole('table', { name: 'Device data, newest first' });
    expect(sources[0]!.url).toBe('/monitoring/events?patient=p1');
    sources[0]!.open();
    sources[0]!.send('state', state(144, 8));
    sources[0]!.send('alert', alert);
    expect(await screen.findByText('NEWS2 HIGH')).toBeTruthy();
    await waitFor(() => expect(rows()[0]).toMatch(/Heart rate144 \/min–1d1/));
    expect(screen.getByRole('button', { name: 'Act on Heart rate of 140 or more' })).toBeTruthy();
  });

  it('lets_a_physician_say_that_the_patient_gets_oxygen_and_others_see_it', async () => {
    fakeEvents();
    const stored = { adjustments: [{ rule: 'tachycardia', threshold: 160, reason: 'known flutter', until: ago(-60) }], spo2Scale: 2, oxygen: null };
    const asked = server({
      'GET /access/session': { body: session(account('physician')) },
      'GET /monitoring/patients/p1/adjustments': { body: stored },
      'PUT /monitoring/patients/p1/adjustments': { body: { ...stored, oxygen: true } },
    });
    renderAt('/live', routes);
    const oxygen = await screen.findByLabelText<HTMLSelectElement>('Oxygen');
    expect(screen.getByLabelText<HTMLSelectElement>('SpO₂ scale of NEWS2').value).toBe('2');
    expect(screen.getByText('“known flutter”')).toBeTruthy();
    fireEvent.change(oxygen, { target: { value: 'true' } });
    await waitFor(() => expect(oxygen.value).toBe('true'));
    expect(asked.find((a) => a.method === 'PUT')!.body).toEqual({ oxygen: true });
    cleanup();
    server({ 'GET /access/session': { body: session(account('nurse')) }, 'GET /monitoring/patients/p1/adjustments': { body: { ...stored, oxygen: true } } });
    renderAt('/live', routes);
    expect(await screen.findByText(/SpO₂ scale 2; oxygen yes/)).toBeTruthy();
    expect(screen.queryByLabelText('Oxygen')).toBeNull();
  });

  it('shows_curves_where_devices_send_some_and_says_when_they_stopped', async () => {
    fakeEvents();
    const to = Date.now();
    const run = { start: to - 20_000, period: 4, origin: 0, factor: 0.01, flags: 8 | 4, data: '1 2 3' };
    server({ 'GET /telemetry/p1/waveforms': { body: { from: to - 10_000, to, series: [{ code: 'ecg-ii', display: 'ECG lead II', unit: 'mV', device: 'd1', runs: [run] }] } } });
    renderAt('/live', routes);
    expect(await screen.findByRole('img', { name: /^ECG lead II, the last seconds/ })).toBeTruthy();
    expect(screen.getByText(/250 \/s, mV/).textContent).toContain('questionable');
    expect(screen.getByText(/Nothing has come since/)).toBeTruthy();
    expect(screen.getByText(/not for diagnosis. Simulated/)).toBeTruthy();
    cleanup();
    server();
    renderAt('/live', routes);
    await screen.findByText('NEWS2 low');
    expect(screen.queryByRole('heading', { name: 'Waveforms' })).toBeNull();
  });

  it('shows_what_models_say_with_version_and_grounds', async () => {
    fakeEvents();
    const model = { name: 'sepsis-ml', version: '2.1', value: 0.83, time: ago(90), validUntil: ago(30), stale: true, explanation: 'rising lactate', inputs: [{ name: 'lactate', value: 3.1, unit: 'mmol/L' }, { name: 'age', value: null }] };
    server({ 'GET /monitoring/patients/p1': { body: { state: { ...state(92, 2, 1), models: [model] }, alerts: [] } } });
    renderAt('/live', routes);
    const said = (await screen.findByRole('list', { name: 'What models say' })).textContent;
    expect(said).toMatch(/sepsis-ml 0.83model, version 2.1.*too old to count.*rising lactate.*from lactate 3.1 mmol\/L, age missing/);
  });

  it('says_which_part_failed_and_keeps_the_rest', async () => {
    fakeEvents();
    server({ 'GET /telemetry/p1': { status: 503, body: outcome('transient', 'The database is away.') } });
    renderAt('/live', routes);
    expect((await screen.findByRole('alert')).textContent).toMatch(/A part of the history could not be loaded.*The database is away/);
    expect(screen.getByText('NEWS2 low')).toBeTruthy();
  });
});
