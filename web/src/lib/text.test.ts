import { describe, expect, it } from 'vitest';
import { decodeText } from './base64';
import { toCsv } from './csv';
import { problemsOf } from './http';
import { formatBytes, formatValue, groupDigits } from './numbers';
import { alignLines, gapLength } from './series';
import { timeTicks } from './ticks';

const minute = 60_000;

describe('numbers', () => {
  it('keeps_recorded_precision_and_cuts_only_derived_noise', () => {
    expect(formatValue(174.18337530687722)).toBe('174.2');
    expect(formatValue(0.08)).toBe('0.08');
    expect(formatValue(1234567)).toBe('1234567');
    expect(formatValue(-2.5)).toBe('-2.5');
  });

  it('groups_long_numbers_and_leaves_other_identifiers_alone', () => {
    expect(groupDigits('4081772950')).toBe('408 177 2950');
    expect(groupDigits('S99942380')).toBe('S99942380');
    expect(groupDigits('12345')).toBe('12345');
  });

  it('shows_bytes_in_binary_units', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1536)).toBe('1.5 KiB');
    expect(formatBytes(184320512)).toBe('176 MiB');
  });
});

describe('csv', () => {
  it('quotes_what_needs_it_and_disarms_formulas', () => {
    expect(toCsv(['a', 'b'], [['x,"y"', 1], ['=1+1', undefined]])).toBe('a,b\r\n"x,""y""",1\r\n\'=1+1,\r\n');
  });
  it('leaves_negative_numbers_as_numbers', () => expect(toCsv(['a'], [[-3.5]])).toBe('a\r\n-3.5\r\n'));
});

describe('lines', () => {
  it('breaks_where_measuring_paused_and_never_interpolates', () => {
    const times = [0, 5, 10, 15, 90, 95].map((m) => m * minute);
    const [axis, values] = alignLines([times.map((time, i) => ({ time, value: i }))]);
    expect(axis).toHaveLength(7);
    expect(values).toEqual([0, 1, 2, 3, null, 4, 5]);
  });

  it('leaves_a_line_alone_where_only_the_other_was_measured', () => {
    const [, first, second] = alignLines([[{ time: 0, value: 1 }, { time: 2 * minute, value: 3 }], [{ time: minute, value: 9 }]]);
    expect(first).toEqual([1, undefined, 3]);
    expect(second).toEqual([undefined, 9, undefined]);
  });

  it('knows_no_gap_without_a_usual_spacing', () => expect(gapLength([0, 1e9])).toBe(Infinity));
});

describe('ticks', () => {
  it('are_round_and_not_more_than_asked_for', () => {
    const day = timeTicks(Date.UTC(2026, 10, 20, 9), Date.UTC(2026, 10, 21, 9), 8);
    expect(day.map((t) => t.label)).toContain('21-Nov');
    expect(day.length).toBeLessThanOrEqual(9);
    const life = timeTicks(Date.UTC(1950, 0, 1), Date.UTC(2026, 0, 1), 8);
    expect(life.every((t) => /^\d{3}0$/.test(t.label))).toBe(true);
  });
});

describe('server texts', () => {
  it('reads_every_issue_of_an_operation_outcome', () => {
    const body = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid', diagnostics: 'no', expression: ['Patient.name'] }, { severity: 'warning', code: 'informational', details: { text: 'hm' } }] };
    expect(problemsOf(body).map((p) => p.text)).toEqual(['no', 'hm']);
    expect(problemsOf('<html>')).toEqual([]);
  });

  it('decodes_utf8_and_refuses_what_is_not', () => {
    expect(decodeText(btoa('na\xc3\xafve'))).toBe('naïve');
    expect(decodeText(btoa('\xff\xfe'))).toBeUndefined();
    expect(decodeText('%%%')).toBeUndefined();
  });
});
