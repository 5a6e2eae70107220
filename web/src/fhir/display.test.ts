// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { pageOf, pathOfLink, searchPath } from './client';
import { formatConcept, formatIdentifier, formatName, formatReference, preferredName, rankedIdentifiers } from './display';
import { flagOf, formatObservationValue, formatRange } from './observations';
import type { Bundle, Observation } from './types.gen';

describe('names', () => {
  it('puts_the_family_name_first_in_capitals', () => {
    expect(formatName({ family: 'Huels', given: ['Ammie', 'Jo'], prefix: ['Mrs.'] })).toBe('HUELS, Ammie Jo (Mrs.)');
    expect(formatName({ given: ['Madonna'] })).toBe('Madonna');
    expect(formatName({ text: 'Nguyen Van A' })).toBe('Nguyen Van A');
    expect(formatName(undefined)).toBe('Name not recorded');
  });

  it('prefers_the_current_official_name', () => {
    const names = [{ use: 'maiden' as const, family: 'Old' }, { use: 'usual' as const, family: 'Usual' }, { use: 'official' as const, family: 'New' }];
    expect(preferredName(names)?.family).toBe('New');
    expect(preferredName([{ use: 'official', family: 'Past', period: { end: '2001' } }, { use: 'usual', family: 'Now' }])?.family).toBe('Now');
    expect(preferredName([{}])).toBeUndefined();
  });
});

describe('identifiers', () => {
  const typed = (code: string, value: string) => ({ type: { coding: [{ code }] }, value });
  it('puts_the_record_number_first_and_universal_ids_last', () => {
    const ranked = rankedIdentifiers([{ value: '1b1cbdc7-7187-49f2-8607-c9325cffb004' }, typed('SS', '999-21-4429'), typed('MR', '4081772950'), { value: undefined }]);
    expect(ranked.map((i) => i.value?.slice(0, 3))).toEqual(['408', '999', '1b1']);
  });
  it('shows_only_the_last_four_of_a_social_security_number', () => expect(formatIdentifier(typed('SS', '999-21-4429'))).toBe('···-··-4429'));
});

describe('concepts and references', () => {
  it('falls_back_from_text_to_display_to_code', () => {
    expect(formatConcept({ text: 'Flu', coding: [{ display: 'Influenza' }] })).toBe('Flu');
    expect(formatConcept({ coding: [{ code: 'x' }, { code: 'y', display: 'Why' }] })).toBe('Why');
    expect(formatConcept({ coding: [{ code: 'x' }] })).toBe('x');
    expect(formatConcept(undefined)).toBe('–');
  });
  it('names_a_bare_reference_by_type_and_short_id', () => {
    expect(formatReference({ reference: 'Practitioner/12' })).toBe('Practitioner 12');
    expect(formatReference({ reference: 'Practitioner/79a13b7d-a382-4b6a-a31a-57e763818a56' })).toBe('Practitioner 79a13b7d…');
  });
});

describe('observations', () => {
  const base: Observation = { resourceType: 'Observation', status: 'final', code: {} };
  it('never_shows_a_missing_value_as_a_number', () => {
    expect(formatObservationValue(base)).toBe('–');
    expect(formatObservationValue({ ...base, dataAbsentReason: { text: 'Not performed' } })).toBe('– (Not performed)');
    expect(formatObservationValue({ ...base, valueInteger: 0 })).toBe('0');
    expect(formatObservationValue({ ...base, valueBoolean: false })).toBe('No');
  });
  it('keeps_comparator_and_reads_ucum_units', () => {
    expect(formatObservationValue({ ...base, valueQuantity: { value: 5, comparator: '<', unit: 'mg/L' } })).toBe('<5 mg/L');
    expect(formatObservationValue({ ...base, valueQuantity: { value: 38.1, unit: 'Cel' } })).toBe('38.1 °C');
    expect(formatObservationValue({ ...base, valueQuantity: { value: 96, unit: '%' } })).toBe('96%');
  });
  it('takes_the_laboratorys_flag_before_its_own_comparison', () => {
    const range = [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.1, unit: 'mmol/L' } }];
    const potassium = { ...base, valueQuantity: { value: 5.6, unit: 'mmol/L' }, referenceRange: range };
    expect(flagOf(potassium)).toBe('high');
    expect(flagOf({ ...potassium, interpretation: [{ coding: [{ code: 'HH' }] }] })).toBe('critical-high');
    expect(flagOf({ ...potassium, valueQuantity: { value: 3.5, unit: 'mmol/L' } })).toBe('normal');
    expect(flagOf({ ...potassium, referenceRange: undefined })).toBeUndefined();
  });
  it('does_not_compare_across_units', () => {
    expect(flagOf({ ...base, valueQuantity: { value: 126, unit: 'mg/dL' }, referenceRange: [{ high: { value: 7, unit: 'mmol/L' } }] })).toBeUndefined();
  });
  it('shows_open_ranges', () => {
    expect(formatRange({ low: { value: 4 }, high: { value: 11 } })).toBe('4–11');
    expect(formatRange({ high: { value: 5 } })).toBe('≤ 5');
    expect(formatRange({ low: { value: 60 } })).toBe('≥ 60');
    expect(formatRange({ text: 'negative' })).toBe('negative');
  });
});

describe('searches', () => {
  it('leaves_out_empty_parameters_and_escapes_the_rest', () => {
    expect(searchPath('Observation', { code: 'http://loinc.org|8867-4', date: undefined, _count: 2 })).toBe('/fhir/Observation?code=http%3A%2F%2Floinc.org%7C8867-4&_count=2');
  });
  it('follows_only_path_and_query_of_a_link', () => expect(pathOfLink('https://elsewhere.example/fhir/Patient?page=2')).toBe('/fhir/Patient?page=2'));
  it('separates_matches_from_outcomes', () => {
    const bundle = { resourceType: 'Bundle', type: 'searchset', total: 9, link: [{ relation: 'next', url: '/fhir/Patient?p=2' }], entry: [{ resource: { resourceType: 'Patient', id: 'a' } }, { resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] } }] } as Bundle;
    const page = pageOf(bundle, 'Patient');
    expect([page.resources.length, page.warnings.length, page.total, page.next]).toEqual([1, 1, 9, '/fhir/Patient?p=2']);
  });
});
