import { describe, expect, it } from 'vitest';
import type { AllergyIntolerance, Condition, Observation } from '../../fhir/types.gen';
import { isActiveAllergy, isActiveProblem } from './clinical';
import { groupLabs, numbersOf } from './labs';
import { commonUnit, lanesOf } from './lanes';
import { bandFor, positionOf, readingsOf, vitalSigns } from './vitals';

const sign = (key: string) => vitalSigns.find((s) => s.key === key)!;
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code, display: code }] });
const observation = (code: string, time: string, value: number, unit: string, more: Partial<Observation> = {}): Observation => ({
  resourceType: 'Observation', id: `${code}-${time}`, status: 'final', code: loinc(code), effectiveDateTime: time, valueQuantity: { value, unit }, ...more,
});
const concept = (code: string) => ({ coding: [{ code }] });

describe('problems and allergies', () => {
  const condition: Condition = { resourceType: 'Condition', subject: {} };
  const allergy: AllergyIntolerance = { resourceType: 'AllergyIntolerance', patient: {} };
  it('count_as_active_when_nobody_said_otherwise', () => {
    expect(isActiveProblem(condition)).toBe(true);
    expect(isActiveProblem({ ...condition, abatementDateTime: '2001' })).toBe(false);
    expect(isActiveProblem({ ...condition, clinicalStatus: concept('relapse') })).toBe(true);
    expect(isActiveProblem({ ...condition, clinicalStatus: concept('resolved') })).toBe(false);
    expect(isActiveAllergy(allergy)).toBe(true);
  });
  it('do_not_count_when_entered_in_error_or_refuted', () => {
    expect(isActiveProblem({ ...condition, clinicalStatus: concept('active'), verificationStatus: concept('entered-in-error') })).toBe(false);
    expect(isActiveAllergy({ ...allergy, verificationStatus: concept('refuted') })).toBe(false);
  });
});

describe('vital signs', () => {
  const panel = (code: string): Observation => ({
    resourceType: 'Observation', id: code, status: 'final', code: loinc(code), effectiveDateTime: '2026-11-21T08:00:00Z',
    component: [{ code: loinc('8480-6'), valueQuantity: { value: 118, unit: 'mm[Hg]' } }, { code: loinc('8462-4'), valueQuantity: { value: 76, unit: 'mmHg' } }],
  });
  it('reads_both_pressures_from_either_panel', () => {
    const lane = lanesOf([panel('85354-9'), panel('55284-4')]).find((l) => l.key === 'bp')!;
    expect(lane.series.map((s) => s.readings.map((r) => `${r.value} ${r.unit}`))).toEqual([['118 mmHg', '118 mmHg'], ['76 mmHg', '76 mmHg']]);
  });
  it('sorts_by_time_and_keeps_errors_marked', () => {
    const readings = readingsOf([observation('8867-4', '2026-01-02T00:00:00Z', 90, '/min'), observation('8867-4', '2026-01-01T00:00:00Z', 412, '/min', { status: 'entered-in-error' })], ['8867-4']);
    expect(readings.map((r) => [r.value, r.inError])).toEqual([[412, true], [90, false]]);
  });
  it('uses_the_news2_band_for_sixteen_and_over_and_the_charts_unit_only', () => {
    const at = Date.UTC(2026, 10, 21);
    expect(bandFor(sign('hr'), '2010-11-21', { time: at, unit: '/min' })).toMatchObject({ low: 51, high: 90 });
    expect(bandFor(sign('hr'), '2010-11-23', { time: at, unit: '/min' })).toBeUndefined();
    expect(bandFor(sign('hr'), undefined, { time: at, unit: '/min' })).toBeUndefined();
    expect(bandFor(sign('temp'), '1950-01-01', { time: at, unit: '[degF]' })).toBeUndefined();
  });
  it.each([[50, 'low'], [51, 'inside'], [90, 'inside'], [91, 'high']])('a_pulse_of_%i_is_%s', (value, position) => {
    const [reading] = readingsOf([observation('8867-4', '2026-01-01T00:00:00Z', value, '/min')], ['8867-4']);
    expect(positionOf(sign('hr'), '1950-01-01', reading!)).toBe(position);
  });
  it('lets_the_records_own_range_win', () => {
    const [reading] = readingsOf([observation('8867-4', '2026-01-01T00:00:00Z', 120, '/min', { referenceRange: [{ high: { value: 150, unit: '/min' } }] })], ['8867-4']);
    expect(positionOf(sign('hr'), '1950-01-01', reading!)).toBe('inside');
  });
  it('draws_the_unit_that_most_readings_have', () => {
    const readings = readingsOf([observation('8310-5', '2026-01-01', 37, 'Cel'), observation('8310-5', '2026-01-02', 38, 'Cel'), observation('8310-5', '2026-01-03', 99, '[degF]')], ['8310-5']);
    expect(commonUnit(readings)).toBe('°C');
  });
});

describe('laboratory results', () => {
  const results = [
    observation('2823-3', '2026-01-01T00:00:00Z', 4, 'mmol/L'), observation('2823-3', '2026-01-03T00:00:00Z', 9, 'mmol/L', { status: 'entered-in-error' }),
    observation('2823-3', '2026-01-02T00:00:00Z', 5, 'mmol/L'), observation('718-7', '2026-01-01T00:00:00Z', 13, 'g/dL'),
  ];
  it('are_grouped_by_code_with_the_newest_valid_one_as_latest', () => {
    const groups = groupLabs(results);
    expect(groups.map((g) => [g.name, g.results.length, g.latest?.valueQuantity?.value])).toEqual([['2823-3', 3, 5], ['718-7', 1, 13]]);
  });
  it('draw_without_errors_oldest_first', () => expect(numbersOf(groupLabs(results)[0]!).map((p) => p.value)).toEqual([4, 5]));
});
