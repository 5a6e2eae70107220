import { describe, expect, it } from 'vitest';
import { formatAge, formatAgo, formatDate, formatDateTime, formatLength, instantOf, parseTypedDate, yearsBetween } from './dates';

describe('dates', () => {
  it('shows_the_day_before_the_named_month_so_they_cannot_be_swapped', () => {
    expect(formatDate('1976-11-15')).toBe('15-Nov-1976');
    expect(formatDate('1976-11')).toBe('Nov-1976');
    expect(formatDate('1976')).toBe('1976');
    expect(formatDate(undefined)).toBe('–');
    expect(formatDate('not a date')).toBe('–');
    expect(formatDateTime('2026-11-21T08:05:00Z')).toBe('21-Nov-2026 08:05');
    expect(formatDateTime('2026-11-21')).toBe('21-Nov-2026');
  });

  it('does_not_shift_a_plain_date_by_the_time_zone', () => {
    expect(formatDate(instantOf('2000-01-01'))).toBe('01-Jan-2000');
  });

  it('gives_ages_in_the_unit_of_the_age', () => {
    const at = new Date(2026, 10, 21);
    expect(formatAge('1976-11-15', at)).toBe('50 y');
    expect(formatAge('1976-11-22', at)).toBe('49 y');
    expect(formatAge('2026-11-02', at)).toBe('19 d');
    expect(formatAge('2026-09-01', at)).toBe('11 w');
    expect(formatAge('2025-06-01', at)).toBe('17 m');
    expect(formatAge('1951', at)).toBe('about 75 y');
    expect(formatAge('2027-01-01', at)).toBeUndefined();
    expect(formatAge(undefined, at)).toBeUndefined();
  });

  it('counts_full_years_only', () => {
    expect(yearsBetween('2010-11-21', new Date(2026, 10, 20))).toBe(15);
    expect(yearsBetween('2010-11-21', new Date(2026, 10, 21))).toBe(16);
  });

  it('says_how_long_ago_in_one_unit', () => {
    const now = Date.UTC(2026, 10, 21);
    expect(formatAgo(now - 30_000, now)).toBe('now');
    expect(formatAgo(now - 4 * 60_000, now)).toBe('4 min ago');
    expect(formatAgo(now + 3 * 3_600_000, now)).toBe('in 3 h');
    expect(formatLength(3 * 86_400_000)).toBe('3 d');
  });

  it.each([
    ['1976-11-15', '1976-11-15'],
    ['15-Nov-1976', '1976-11-15'],
    ['15nov1976', '1976-11-15'],
    ['15.11.1976', '1976-11-15'],
    ['5/3/1976', '1976-03-05'],
    ['1976-11', '1976-11'],
    ['1976', '1976'],
  ])('reads_%s_as_%s', (typed, iso) => expect(parseTypedDate(typed)).toBe(iso));

  it.each(['31-Feb-1976', '32.01.1976', '1976-13', '4711', 'nov', '15-Foo-1976', '999-21-4429'])('refuses_%s', (typed) => {
    expect(parseTypedDate(typed)).toBeUndefined();
  });
});
