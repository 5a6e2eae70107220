import { describe, expect, it } from 'vitest';
import { curvesOf, endOf, headAt, newestOf, rangeOf } from './waveforms';

const answer = { from: 0, to: 20_000, series: [{ code: 'ecg-ii', display: 'ECG lead II', unit: 'mV', device: 'd1', runs: [{ start: 10_000, period: 4, origin: 0.5, factor: 0.01, flags: 8, data: '0 100 -50' }, { start: 12_000, period: 4, origin: 0, factor: 0.01, flags: 0, data: '7' }] }] };

describe('curves', () => {
  it('have_values_of_origin_and_factor_and_an_end', () => {
    const [curve] = curvesOf(answer);
    expect(curve!.runs[0]!.values).toEqual([0.5, 1.5, 0]);
    expect(endOf(curve!.runs[0]!)).toBe(10_012);
    expect(newestOf([curve!])).toBe(12_004);
    expect(newestOf([])).toBeUndefined();
    expect(curvesOf(undefined)).toEqual([]);
  });

  it('of_an_ECG_are_never_blown_up_to_noise', () => {
    const [low, high] = rangeOf({ code: 'ecg-ii', display: '', unit: 'mV', device: '', runs: [{ start: 0, period: 4, flags: 0, values: [0.01, -0.01] }] });
    expect(high - low).toBeCloseTo(2.24);
    expect(rangeOf({ code: 'pleth', display: '', unit: '1', device: '', runs: [{ start: 0, period: 8, flags: 0, values: [10, 90] }] })).toEqual([10 - 4.8, 90 + 4.8]);
    expect(rangeOf({ code: 'pleth', display: '', unit: '1', device: '', runs: [] })).toEqual([0, 1]);
  });
});

describe('the end of what is shown', () => {
  it('goes_with_the_clock_and_jumps_only_when_it_is_far_off', () => {
    expect(headAt(1000, undefined, 50_000, 4_500)).toBe(45_500);
    expect(headAt(1500, { head: 45_500, at: 1000 }, 50_000, 4_500)).toBe(46_000);
    expect(headAt(9000, { head: 45_500, at: 1000 }, 54_000, 4_500)).toBe(53_500);
    expect(headAt(9000, { head: 45_500, at: 1000 }, 90_000, 4_500)).toBe(85_500);
  });
});
