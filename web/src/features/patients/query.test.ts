import { describe, expect, it } from 'vitest';
import { parsePatientQuery, searchesFor } from './query';
import { describeQuery } from './wording';

describe('the one search field', () => {
  it.each([
    ['huels ammie', { name: ['huels', 'ammie'] }],
    ['Huels, Ammie 15-Nov-1976', { name: ['Huels', 'Ammie'], birthdate: '1976-11-15' }],
    ['huels 15 nov 1976', { name: ['huels'], birthdate: '1976-11-15' }],
    ['1976', { name: [], birthdate: '1976' }],
    ['408 177 2950', { name: [], identifier: '4081772950' }],
    ['999-21-4429', { name: [], identifier: '999-21-4429' }],
    ['urn:salus:mrn|4711', { name: [], identifier: 'urn:salus:mrn|4711' }],
    ['#A-17', { name: [], identifier: 'A-17' }],
    ['Smith123', { name: [], ambiguous: 'Smith123' }],
    ["O'Brien-Łąck", { name: ["O'Brien-Łąck"] }],
    ['', { name: [] }],
  ])('reads_%s', (text, expected) => expect(parsePatientQuery(text)).toEqual(expected));

  it('asks_for_every_word_of_the_name', () => {
    expect(searchesFor(parsePatientQuery('huels am 1976'))).toEqual([[['name', 'huels'], ['name', 'am'], ['birthdate', '1976']]]);
  });
  it('tries_a_mixed_word_as_name_then_as_identifier', () => {
    expect(searchesFor(parsePatientQuery('Smith123')).map((search) => search[0]![0])).toEqual(['name', 'identifier']);
  });
  it('says_back_what_it_understood', () => {
    expect(describeQuery(parsePatientQuery('huels 5/3/1976'))).toBe('Name “huels”, born 05-Mar-1976');
    expect(describeQuery(parsePatientQuery(''))).toBe('All patients by family name');
  });
});
