import { describe, expect, it } from 'vitest';
import type { Alert, State } from '../../monitoring/monitoring.api';
import { inOrder } from './order';
import { WardStore } from './wardStore';

const score = (value: number | null, level: string | null = 'low') => [{ name: 'news2', value, level, complete: true, parts: [] }];
const state = (patient: string, at: string, value: number | null, level?: string): State => ({ patient, at: `2026-11-21T${at}Z`, readings: [], scores: score(value, level) });
const alert = (id: string, seq: number, more: Partial<Alert> = {}): Alert => ({ id, patient: 'p1', rule: 'r', title: 'T', priority: 'high', status: 'raised', raisedAt: '2026-11-21T08:00:00Z', why: { text: '', ruleVersion: 1 }, seq, ...more });
const bed = (n: number, of: State | null = null, alerts: Alert[] = []) => ({ bed: { id: `b${n}`, name: `Bed ${n}` }, patient: { id: `p${n}`, name: `P${n}`, short: `P${n}` }, state: of, alerts });
const ward = (...beds: ReturnType<typeof bed>[]) => ({ ward: { id: 'w', name: 'W' }, beds });

function store() {
  const due: (() => void)[] = [];
  return { store: new WardStore((act) => due.push(act)), due };
}

describe('the ward store', () => {
  it('shows_the_values_of_a_second_together_and_leaves_other_beds_as_they_are', () => {
    const { store: wall, due } = store();
    wall.load(ward(bed(1, state('p1', '08:00:00', 3)), bed(2)));
    const before = wall.beds();
    let shown = 0;
    wall.subscribe(() => shown++);
    wall.take(state('p1', '08:00:01', 3));
    wall.take(state('p1', '08:00:02', 3));
    wall.take(state('stranger', '08:00:02', 3));
    expect([wall.beds(), shown, due.length]).toEqual([before, 0, 1]);
    due[0]!();
    expect(shown).toBe(1);
    expect(wall.beds()[0]!.state!.at).toMatch(/08:00:02/);
    expect(wall.beds()[1]).toBe(before[1]);
  });

  it('shows_a_changed_score_at_once_and_not_again_with_the_second', () => {
    const { store: wall, due } = store();
    wall.load(ward(bed(1, state('p1', '08:00:00', 3)), bed(2, state('p2', '08:00:00', 3))));
    wall.take(state('p1', '08:00:01', 3));
    wall.take(state('p2', '08:00:01', 3));
    wall.take(state('p1', '08:00:02', 8));
    expect(wall.beds().map((b) => b.state!.scores[0]!.value)).toEqual([8, 3]);
    expect(wall.beds()[1]!.state!.at).toMatch(/08:00:00/);
    const first = wall.beds()[0];
    due[0]!();
    expect(wall.beds()[0]).toBe(first);
    expect(wall.beds()[1]!.state!.at).toMatch(/08:00:01/);
  });

  it('keeps_what_the_stream_brought_after_an_older_snapshot_was_made', () => {
    const { store: wall } = store();
    wall.load(ward(bed(1, state('p1', '08:00:00', 1), [alert('a1', 5)])));
    wall.take(state('p1', '08:00:09', 7, 'high'));
    wall.takeAlert(alert('a1', 7, { status: 'resolved' }));
    wall.takeAlert(alert('a2', 8));
    wall.load(ward(bed(1, state('p1', '08:00:05', 2), [alert('a1', 6)])));
    expect(wall.beds()[0]!.state!.scores[0]!.value).toBe(7);
    expect(wall.beds()[0]!.alerts.map((a) => a.id)).toEqual(['a2']);
  });

  it('leaves_a_bed_as_it_is_when_a_snapshot_says_nothing_new_of_it', () => {
    const { store: wall } = store();
    const snapshot = ward(bed(1, state('p1', '08:00:00', 3), [alert('a1', 5)]), bed(2, state('p2', '08:00:00', 3)));
    wall.load(snapshot);
    const [first, second] = wall.beds();
    wall.load({ ...snapshot, beds: [...snapshot.beds.slice(0, 1), { ...snapshot.beds[1]!, state: state('p2', '08:00:30', 4) }] });
    expect(wall.beds()[0]).toBe(first);
    expect(wall.beds()[1]).not.toBe(second);
  });

  it('says_how_the_score_went_over_the_last_hour', () => {
    const { store: wall, due } = store();
    wall.load(ward(bed(1, state('p1', '08:00:00', 2))));
    const at = (time: string, value: number) => {
      wall.take(state('p1', time, value));
      due.at(-1)?.();
      return wall.beds()[0]!.trend;
    };
    expect(at('08:30:00', 5)?.from).toBe(2);
    expect(at('08:59:00', 5)?.from).toBe(2);
    expect(at('09:31:00', 5)?.from).toBe(5);
  });
});

describe('the order of the wall', () => {
  const now = Date.parse('2026-11-21T09:00:00Z');
  const beds = [bed(10, state('p10', '08:00:00', 1)), bed(2, state('p2', '08:00:00', 9, 'high')), { ...bed(3), patient: null }, bed(4, state('p4', '08:00:00', 0, 'none'), [alert('a', 1, { patient: 'p4', priority: 'high' })]), bed(5, null)];
  const names = (order: 'risk' | 'bed' | 'time') => inOrder(beds, order, now).map((b) => b.bed.id);

  it('puts_first_whom_somebody_must_look_at', () => expect(names('risk')).toEqual(['b2', 'b4', 'b10', 'b5', 'b3']));
  it('counts_beds_as_people_do', () => expect(names('bed')).toEqual(['b2', 'b3', 'b4', 'b5', 'b10']));
  it('puts_the_alert_that_waits_longest_first', () => expect(names('time')[0]).toBe('b4'));
});
