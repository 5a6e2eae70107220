import { describe, expect, it } from 'vitest';
import { wheelRange } from '../../lib/wheel';
import { alignLines } from '../../lib/series';
import { spreadLimits } from '../../ui/chartMarks';
import type { History } from './live.api';
import { joined, lanesFor, sampleRows, samplesCsv, samplesOf, shortestGap, withReadings } from './liveHistory';

const second = 1_000;
const raw: History = { patient: 'p', metric: 'heart-rate', unit: '/min', resolution: 'raw', series: [{ device: 'd2', points: [[2 * second, 72, 0]] }, { device: 'd1', points: [[1 * second, 71, 0], [90 * second, 75, 0]] }] };
const minutes: History = { ...raw, resolution: 'minute', series: [{ device: 'd1', points: [[60_000, 60, 90, 71.5, 60, 80]] }] };
const reading = (metric: string, at: number, value: number) => ({ metric, display: metric, unit: '/min', value, time: new Date(at).toISOString(), stale: false, flags: [] });
const state = (...readings: ReturnType<typeof reading>[]) => ({ patient: 'p', at: '2026-11-21T08:00:00Z', readings, scores: [] });

describe('the history of a sign', () => {
  it('is_one_line_of_all_devices_in_time', () => expect(samplesOf(raw).map((s) => [s.time, s.value, s.device])).toEqual([[1_000, 71, 'd1'], [2_000, 72, 'd2'], [90_000, 75, 'd1']]));
  it('has_mean_lowest_and_highest_of_a_minute', () => expect(samplesOf(minutes)).toEqual([{ time: 60_000, low: 60, high: 90, value: 71.5, count: 60, device: 'd1' }]));
  it('is_broken_where_a_device_that_sends_every_second_paused', () => {
    const samples = [0, 1, 2, 3, 60, 61].map((s) => ({ time: s * second, value: 70 }));
    expect(alignLines([samples], shortestGap.raw)[1]).toEqual([70, 70, 70, 70, null, 70, 70]);
    expect(alignLines([samples])[1]).not.toContain(null);
  });
});

describe('what comes by the stream', () => {
  it('adds_only_what_is_new_and_is_the_same_object_when_nothing_is', () => {
    const first = withReadings({}, state(reading('heart-rate', 5_000, 80)));
    expect(withReadings(first, state(reading('heart-rate', 5_000, 80)))).toBe(first);
    const next = withReadings(first, state(reading('heart-rate', 6_000, 81), reading('systolic', 4_000, 120)));
    expect(next['heart-rate']!.map((s) => s.value)).toEqual([80, 81]);
    expect(next.systolic).toHaveLength(1);
  });

  it('joins_the_history_without_doubling_it', () => {
    const tail = [80, 90, 95].map((s) => ({ time: s * second, value: s, device: '' }));
    expect(joined(samplesOf(raw), tail).map((s) => s.time / second)).toEqual([1, 2, 90, 95]);
    expect(joined(samplesOf(raw), undefined)).toHaveLength(3);
  });
});

describe('the lanes', () => {
  it('are_the_usual_ones_and_what_else_is_measured', () => {
    expect(lanesFor(null).map((lane) => lane.key)).toEqual(['hr', 'rr', 'spo2', 'bp', 'temp']);
    expect(lanesFor(state(reading('arterial-systolic', 0, 110))).map((lane) => lane.key)).toContain('art');
  });

  it('give_rows_of_the_span_newest_first_and_a_file_with_all_columns', () => {
    const rows = sampleRows([{ name: 'heart-rate', label: 'Heart rate', unit: '/min', samples: samplesOf(raw) }], [1_500, 100_000]);
    expect(rows.map((row) => row.time)).toEqual([90_000, 2_000]);
    expect(samplesCsv(rows).split('\r\n')).toEqual(['time,sign,value,unit,min,max,count,device', '1970-01-01T00:01:30.000Z,Heart rate,75,/min,,,,d1', '1970-01-01T00:00:02.000Z,Heart rate,72,/min,,,,d2', '']);
  });

  it('have_an_axis_that_holds_what_a_minute_spread_to', () => expect(spreadLimits([{ time: 5, low: 40, high: 140 }, { time: 50, low: 1, high: 999 }], [0, 10], 60, 80)).toEqual([40, 140]));
});

describe('the wheel', () => {
  const turn = (more: object) => wheelRange([0, 1_000], { deltaX: 0, deltaY: 0, shiftKey: false, ctrlKey: false, ...more }, 0.25, 500);
  it('scrolls_the_page_when_turned_plainly', () => expect(turn({ deltaY: 100 })).toBeUndefined());
  it('pans_sideways_or_with_shift', () => expect([turn({ deltaX: 50 }), turn({ deltaY: -50, shiftKey: true })]).toEqual([[100, 1_100], [-100, 900]]));
  it('zooms_about_the_pointer_with_ctrl', () => {
    const [begin, end] = turn({ deltaY: -100, ctrlKey: true })!;
    expect(end - begin).toBeLessThan(1_000);
    expect((250 - begin) / (end - begin)).toBeCloseTo(0.25);
  });
});
