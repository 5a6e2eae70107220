// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeEvents } from '../../testing/events';
import { here, renderAt } from '../../testing/page';
import { outcome, serve } from '../../testing/server';
import { WardPage } from './WardPage';
import { WardsPage } from './WardsPage';

afterEach(cleanup);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 1_000).toISOString();
const reading = (metric: string, value: number, minutes = 0, more: object = {}) => ({ metric, display: metric, unit: '/min', value, time: ago(minutes), stale: false, flags: [], slope: null, ...more });
const alert = { id: 'a1', patient: 'p1', rule: 'news2-high', title: 'NEWS2 of 7 or more', priority: 'high', status: 'raised', raisedAt: ago(3), why: { text: 'news2 is 8; the rule is at least 7.', values: [{ metric: 'pulse', value: 131, points: 3 }], ruleVersion: 2 }, seq: 4 };
const parts = [{ name: 'pulse', points: 3 }, { name: 'temperature', points: null, why: 'missing' }];
const beds = [
  { bed: { id: 'b2', name: 'Bed 2' }, patient: { id: 'p2', name: 'MEYER, Ute', short: 'MEYER U', birthDate: '1950-01-02' }, state: null, alerts: [] },
  {
    bed: { id: 'b1', name: 'Bed 1' },
    patient: { id: 'p1', name: 'OSEI, Ama', short: 'OSEI A', birthDate: '1976-11-15' },
    state: { patient: 'p1', at: ago(0), readings: [reading('heart-rate', 131, 0, { slope: 25 }), reading('respiratory-rate', 24, 90, { stale: true }), reading('systolic', 98), reading('diastolic', 54)], scores: [{ name: 'news2', value: 8, complete: false, level: 'high', parts }] },
    alerts: [alert],
  },
  { bed: { id: 'b3', name: 'Bed 3' }, patient: null, state: null, alerts: [] },
];
const server = (more = {}) => serve({ 'GET /monitoring/wards/w1': { body: { ward: { id: 'w1', name: 'Medical ward' }, beds } }, ...more });
const routes = [{ path: '/ward', Component: WardsPage }, { path: '/ward/:location', Component: WardPage }];
const tiles = () => within(screen.getByRole('list', { name: 'Beds' })).getAllByRole('listitem').filter((li) => /Bed \d/.test(li.textContent));

describe('the ward wall', () => {
  it('shows_score_level_signs_ages_and_what_is_missing_the_worst_first', async () => {
    fakeEvents();
    server();
    const { router } = renderAt('/ward/w1', routes);
    await screen.findByText('OSEI A');
    const [worst, second, empty] = tiles();
    expect(worst!.dataset).toMatchObject({ level: 'high', alarm: 'high', bed: 'b1' });
    expect(worst!.textContent).toMatch(/Bed 1OSEI ANEWS2 8HIGH1 of 2 missing/);
    expect(worst!.textContent).toMatch(/HR now131▲/);
    expect(worst!.textContent).toMatch(/RR 1h stale24/);
    expect(worst!.textContent).toMatch(/BP now98\/54/);
    expect(worst!.textContent).toMatch(/T never–/);
    expect(worst!.textContent).toMatch(/NEWS2 of 7 or more3m · nobody yet/);
    expect(second!.textContent).toMatch(/NEWS2 –no scoreno data yet/);
    expect(empty!.textContent).toMatch(/Bed 3 empty/);
    fireEvent.click(screen.getByLabelText('Bed'));
    await waitFor(() => expect(here(router)).toBe('/ward/w1?sort=bed'));
    expect(tiles().map((li) => li.textContent.slice(0, 5))).toEqual(['Bed 1', 'Bed 2', 'Bed 3']);
  });

  it('shows_how_the_score_went_before_the_page_was_opened', async () => {
    fakeEvents();
    const until = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
    const state = { ...beds[1]!.state!, trend: { score: 'news2', until, values: [2, null, 3, 5] } };
    server({ 'GET /monitoring/wards/w1': { body: { ward: { id: 'w1', name: 'Medical ward' }, beds: [{ ...beds[1], state }] } } });
    renderAt('/ward/w1', routes);
    const line = await screen.findByRole('img', { name: 'NEWS2 of the last 4 hours: 2 to 5' });
    expect(line.querySelector('path')!.getAttribute('d')).toBe('M0 10M2 9L3 7L4 4');
    expect(tiles()[0]!.textContent).toMatch(/up from 5/);
  });

  it('shows_what_the_stream_brings_and_calls_out_only_high_alerts_at_once', async () => {
    const sources = fakeEvents();
    const asked = server();
    renderAt('/ward/w1', routes);
    await screen.findByText('OSEI A');
    expect(sources[0]!.url).toBe('/monitoring/events?ward=w1');
    sources[0]!.open();
    expect(await screen.findByText('● Live')).toBeTruthy();
    await waitFor(() => expect(asked.filter((a) => a.path === '/monitoring/wards/w1').length).toBeGreaterThan(1));
    sources[0]!.send('state', { patient: 'p2', at: new Date().toISOString(), readings: [reading('heart-rate', 77)], scores: [{ name: 'news2', value: 5, complete: true, level: 'medium', parts: [] }], seq: 9 });
    await waitFor(() => expect(tiles().find((li) => li.dataset.bed === 'b2')!.dataset.level).toBe('medium'));
    sources[0]!.send('alert', { ...alert, id: 'a2', patient: 'p2', title: 'Low thing', priority: 'low', seq: 10 });
    expect(document.querySelector('[data-announce=other]')!.textContent).toMatch(/Low thing, Bed 2 MEYER, Ute/);
    expect(document.querySelector('[data-announce=high]')!.textContent).toBe('');
    sources[0]!.send('alert', { ...alert, id: 'a3', patient: 'p2', title: 'High thing', seq: 11 });
    expect(document.querySelector('[data-announce=high]')!.textContent).toMatch(/High thing/);
    sources[0]!.send('alert', { ...alert, status: 'resolved', seq: 12 });
    await waitFor(() => expect(tiles().find((li) => li.dataset.bed === 'b1')!.dataset.alarm).toBeUndefined());
  });

  it('says_in_words_that_the_stream_is_down_and_since_when', async () => {
    const sources = fakeEvents();
    server();
    renderAt('/ward/w1', routes);
    await screen.findByText('OSEI A');
    sources[0]!.open();
    sources[0]!.fail();
    expect((await screen.findByRole('alert')).textContent).toMatch(/Live data stopped at \d\d:\d\d:\d\d UTC.*What you see is of then/);
    sources[0]!.open();
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('says_it_as_well_when_the_ward_itself_was_never_answered', async () => {
    const sources = fakeEvents();
    vi.stubGlobal('fetch', () => new Promise(() => undefined));
    renderAt('/ward/w1', routes);
    await waitFor(() => expect(sources).toHaveLength(1));
    sources[0]!.open();
    expect(await screen.findByText('● Live')).toBeTruthy();
    sources[0]!.fail();
    expect((await screen.findByRole('alert')).textContent).toMatch(/Live data stopped/);
  });

  it('acknowledges_with_a_reason_for_the_patient_named_by_two_identifiers', async () => {
    fakeEvents();
    const asked = server({ 'POST /monitoring/alerts/a1/acknowledge': { status: 409, body: outcome('conflict', 'Ada Nurse acknowledged it at 08:01.') } });
    renderAt('/ward/w1', routes);
    fireEvent.click(await screen.findByRole('button', { name: /NEWS2 of 7 or more/ }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toMatch(/OSEI, Ama, born 15-Nov-1976/);
    expect(dialog.textContent).toMatch(/news2 is 8; the rule is at least 7\..*pulse 131.*3 points.*version 2/);
    const button = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'I have seen it' });
    expect(button.disabled).toBe(true);
    fireEvent.click(within(dialog).getByRole('button', { name: 'On my way' }));
    fireEvent.click(button);
    expect((await within(dialog).findByRole('alert')).textContent).toMatch(/Ada Nurse acknowledged it/);
    expect(asked.find((a) => a.method === 'POST')!.body).toEqual({ reason: 'On my way' });
  });
});

describe('the list of wards', () => {
  it('goes_to_the_only_ward_and_shows_the_list_when_asked', async () => {
    fakeEvents();
    server({ 'GET /monitoring/wards': { body: [{ id: 'w1', name: 'Medical ward', beds: 3 }] } });
    const { router } = renderAt('/ward', routes);
    await waitFor(() => expect(here(router)).toBe('/ward/w1'));
    fireEvent.click(await screen.findByRole('link', { name: 'Wards' }));
    expect(await screen.findByRole('link', { name: 'Medical ward' })).toBeTruthy();
  });
});
