// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { here, renderAt } from '../../testing/page';
import { account, outcome, serve, session } from '../../testing/server';
import { BurdenPage } from './BurdenPage';
import { draftOf, ruleOf, whenText } from './rule';
import { RulesPage } from './RulesPage';

afterEach(cleanup);

const rule = { name: 'news2-high', title: 'NEWS2 of 7 or more', priority: 'high' as const, active: true, when: { score: 'news2', atLeast: 7, clear: 6 }, delaySeconds: 0, rearmMinutes: 15, suppressedBy: [], escalation: [{ afterSeconds: 120, to: 'charge-nurse' }], source: 'RCP 2017' };
const server = (permissions: string[], more = {}) => serve({ 'GET /access/session': { body: session(account('physician', permissions)) }, 'GET /monitoring/rules': { body: [{ ...rule, version: 4 }] }, ...more });
const line = (name: string, alerts: number) => ({ rule: name, title: name, priority: 'high', alerts, perBedDay: alerts / 10, medianSecondsToAcknowledge: alerts ? 95 : null, acknowledged: alerts / 2, actedUpon: alerts / 4, escalated: 0 });
const burden = (...rules: object[]) => ({ from: '2026-11-14T00:00:00Z', to: '2026-11-21T00:00:00Z', bedDays: 10, rules });
const side = (alerts: number, raised: number) => ({ alerts, perBedDay: alerts / 10, medianSeconds: 300, patients: 3, actedUpon: { of: 8, raised, share: raised / 8 }, outcomes: { of: 0, raised: 0, share: null, medianMinutesBefore: null }, allAlerts: 90, allPerBedDay: 9 });
const replayed = {
  rule: 'news2-high', from: '2026-11-14T00:00:00Z', to: '2026-11-21T00:00:00Z', patients: 4, bedDays: 10, samples: 1_000_000, stored: { of: 41, raised: 40, share: 0.9756 }, before: side(40, 8), after: side(12, 6),
  goneCount: 28, comeCount: 0, gone: [{ patient: null, at: '2026-11-15T00:00:00Z', until: null, amount: 7 }], come: [],
};
const routes = [{ path: '/alerts/rules', Component: RulesPage }, { path: '/alerts/burden', Component: BurdenPage }];

describe('a rule in the form', () => {
  it('is_the_same_when_nothing_was_changed', () => expect(ruleOf(draftOf(rule))).toEqual(rule));
  it('sends_only_what_belongs_to_its_kind', () => expect(ruleOf({ ...draftOf(rule), kind: 'silent', seconds: '120' }).when).toEqual({ silent: true, seconds: 120 }));
  it('can_be_about_a_model', () => {
    expect(ruleOf({ ...draftOf(rule), kind: 'model', of: 'sepsis-ml', limit: '0.8', clear: '0.7' }).when).toEqual({ model: 'sepsis-ml', atLeast: 0.8, clear: 0.7 });
    expect(whenText({ model: 'sepsis-ml', atLeast: 0.8 })).toBe('the model sepsis-ml at least 0.8');
    expect(draftOf({ ...rule, when: { model: 'sepsis-ml', atLeast: 0.8 } }).kind).toBe('model');
  });
  it('does_not_take_an_empty_limit_for_zero', () => expect(ruleOf({ ...draftOf(rule), limit: '' }).when.atLeast).toBeUndefined());
  it('is_said_in_words', () => expect([whenText(rule.when), whenText({ missing: 'oxygen-saturation', seconds: 600 }), whenText({ slope: 'systolic', atMost: -20 })]).toEqual(['news2 at least 7, over at 6', 'no oxygen-saturation for 10 min', 'change within an hour of systolic at most -20']));
});

describe('the rules', () => {
  it('can_be_changed_only_with_the_permission', async () => {
    server(['monitoring.view']);
    renderAt('/alerts/rules', routes);
    fireEvent.click(await screen.findByRole('button', { name: /NEWS2 of 7 or more/ }));
    expect(screen.getByText('RCP 2017')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Add a rule' })).toBeNull();
    expect(screen.queryByRole('textbox')).toBeNull();
  });

  it('show_what_the_server_says_at_its_field_and_send_the_whole_rule', async () => {
    const asked = server(['monitoring.view', 'monitoring.manage'], { 'PUT /monitoring/rules/news2-high': { status: 400, body: { resourceType: 'OperationOutcome', issue: [...outcome('value', 'From 0 to 1440.', 'rearmMinutes').issue, ...outcome('value', 'Each step comes later.', 'escalation').issue] } } });
    renderAt('/alerts/rules', routes);
    fireEvent.click(await screen.findByRole('button', { name: /NEWS2 of 7 or more/ }));
    fireEvent.change(screen.getByLabelText('Armed again after (min)'), { target: { value: '2000' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save as a new version' }));
    await screen.findByText('From 0 to 1440.');
    expect(screen.getByLabelText('Armed again after (min)').getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toBe('Each step comes later.');
    expect(asked.find((a) => a.method === 'PUT')!.body).toEqual({ ...rule, rearmMinutes: 2000 });
  });

  it('are_tried_on_stored_data_before_they_go_live', async () => {
    const asked = server(['monitoring.view', 'monitoring.manage'], { 'POST /monitoring/rules/news2-high/replay': { body: { result: replayed } } });
    renderAt('/alerts/rules', routes);
    fireEvent.click(await screen.findByRole('button', { name: /NEWS2 of 7 or more/ }));
    fireEvent.change(screen.getByLabelText('This limit'), { target: { value: '8' } });
    fireEvent.click(screen.getByRole('button', { name: 'Try on stored data' }));
    const row = (name: string) => screen.getByText(name).closest('tr')!.textContent;
    await screen.findByText('Alerts of this rule');
    expect([row('Alerts of this rule'), row('Per bed and day'), row('Still raised of those acted upon'), row('Outcomes caught')]).toEqual(['Alerts of this rule 4012', 'Per bed and day 4.001.20', 'Still raised of those acted upon sensitivity100 % (8 of 8)75 % (6 of 8)', 'Outcomes caught – none there– none there']);
    expect(screen.getByText('a patient whom you may not see')).toBeTruthy();
    expect(screen.getByText('and 27 more')).toBeTruthy();
    const post = asked.find((a) => a.method === 'POST')!;
    expect(post.headers.Accept).toBe('application/x-ndjson');
    expect(post.body).toMatchObject({ rule: { when: { score: 'news2', atLeast: 8 } } });
    expect(asked.some((a) => a.method === 'PUT')).toBe(false);
    fireEvent.change(screen.getByLabelText('This limit'), { target: { value: '9' } });
    expect(screen.getByText('The form was changed after this was tried.')).toBeTruthy();
  });

  it('say_at_its_field_why_they_cannot_be_tried', async () => {
    server(['monitoring.view', 'monitoring.manage'], { 'POST /monitoring/rules/news2-high/replay': { status: 400, body: outcome('value', 'From 0 to 3600.', 'rule.delaySeconds') } });
    renderAt('/alerts/rules', routes);
    fireEvent.click(await screen.findByRole('button', { name: /NEWS2 of 7 or more/ }));
    fireEvent.click(screen.getByRole('button', { name: 'Try on stored data' }));
    await screen.findByText('From 0 to 3600.');
    expect(screen.getByLabelText('For at least (s)').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('the alarm burden', () => {
  it('says_for_each_rule_and_all_how_much_and_how_well', async () => {
    const asked = server(['monitoring.view'], { 'GET /monitoring/burden': { body: burden(line('quiet', 0), line('loud', 40)) } });
    const { router } = renderAt('/alerts/burden', routes);
    const loud = (await screen.findAllByText('loud'))[0]!.closest('tr')!;
    expect(loud.textContent).toMatch(/404\.00.*1 min50 %25 %0 %/);
    expect(screen.getAllByText('quiet')[0]!.closest('tr')!.textContent).toMatch(/– none was/);
    expect(screen.getByText('4.0 alerts per bed per day')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('30 d'));
    await waitFor(() => expect(here(router)).toBe('/alerts/burden?days=30'));
    await waitFor(() => expect(asked.filter((a) => a.path.startsWith('/monitoring/burden')).length).toBe(2));
  });
});
