import { describe, expect, it } from 'vitest';
import type { Look } from './audit.api';
import { visits } from './looks';

const look = (at: string, what: string, more: Partial<Look> = {}): Look => ({ at: new Date(`2026-03-0${at}:00`).toISOString(), who: 'Ada', role: 'nurse', kind: 'read', what, ...more });

describe('what a patient reads of the trail', () => {
  it('is_one_line_for_a_person_a_day_and_a_reason', () => {
    const found = visits([
      look('2T10:40', 'Condition/1', { why: 'Emergency', breakGlass: true }),
      look('2T09:05', 'Observation/2'),
      look('2T08:30', 'Observation/1', { kind: 'search' }),
      look('2T08:20', 'Patient/1', { who: 'Grace' }),
      look('1T08:00', 'Observation/1'),
    ]);
    expect(found.map((v) => [v.when, v.who, v.what.join(', '), v.times, v.breakGlass])).toEqual([
      ['02-Mar-2026 10:40', 'Ada', 'problems', 1, true],
      ['02-Mar-2026 08:30 to 09:05', 'Ada', 'measurements and results', 2, false],
      ['02-Mar-2026 08:20', 'Grace', 'name and address', 1, false],
      ['01-Mar-2026 08:00', 'Ada', 'measurements and results', 1, false],
    ]);
  });

  it('names_what_was_done_where_it_was_more_than_looking', () => {
    expect(visits([look('2T09:05', 'Observation/2', { kind: 'export' }), look('2T09:04', 'Basic/2', { kind: 'update' })])[0]!.what).toEqual(['Export: measurements and results', 'Update: Basic']);
  });
});
