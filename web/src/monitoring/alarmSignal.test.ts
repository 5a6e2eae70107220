import { describe, expect, it } from 'vitest';
import { burst, patterns, period, type Pulse } from './alarmSignal';
import { announcements } from './announce';
import type { Alert } from './monitoring.api';

const gaps = (pulses: Pulse[]) => pulses.slice(1).map((pulse, i) => pulse.start - pulses[i]!.start - pulses[i]!.length);
const within = (values: number[], low: number, high: number) => values.forEach((value) => expect(value > low - 1e-9 && value < high + 1e-9, `${value} is not in ${low}..${high}`).toBe(true));

// The limits of IEC 60601-1-8, tables for auditory alarm signals.
describe('the auditory alarm signals', () => {
  it('of_high_priority_are_two_groups_of_three_and_two_pulses', () => {
    const pulses = burst('high');
    expect(pulses).toHaveLength(10);
    within(pulses.map((p) => p.length), 0.075, 0.2);
    const between = gaps(pulses);
    within([0, 1, 3, 5, 6, 8].map((i) => between[i]!), 0.05, 0.125);
    within([2, 7].map((i) => between[i]!), 2 * 0.1 + 0.15, 2 * 0.1 + 0.15);
    within([between[4]!], 0.35, 1.3);
    within([patterns.high.between!], 2.5, 15);
  });

  it('of_medium_priority_are_three_slower_pulses_and_of_low_one_that_does_not_repeat', () => {
    expect(burst('medium')).toHaveLength(3);
    within(burst('medium').map((p) => p.length), 0.125, 0.25);
    within(gaps(burst('medium')), 0.125, 0.25);
    within([patterns.medium.between!], 2.5, 30);
    expect([burst('low').length, patterns.low.between]).toEqual([1, undefined]);
    expect(period('high')).toBeLessThan(period('medium'));
  });
});

describe('what is called out', () => {
  const alert = (id: string, priority: Alert['priority']): Alert => ({ id, patient: 'p', rule: 'r', title: `T${id}`, priority, status: 'raised', raisedAt: '2026-11-21T08:00:00Z', why: { text: '', ruleVersion: 1 } });
  const said = (before: Set<string> | undefined, ...alerts: Alert[]) => announcements(before, alerts, () => 'N');

  it('is_nothing_at_first_and_then_only_what_is_new_by_priority', () => {
    expect(said(undefined, alert('1', 'high'))).toEqual({ high: '', other: '' });
    expect(said(new Set(['1']), alert('1', 'high'), alert('2', 'medium'), alert('3', 'high'))).toEqual({ high: 'high priority: T3, N.', other: 'medium priority: T2, N.' });
  });
});
