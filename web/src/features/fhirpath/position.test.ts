import { describe, expect, it } from 'vitest';
import { markedAt, placeOf } from './position';

describe('the place of an error', () => {
  it.each([
    ['name.givem', 5, { before: 'name.', at: 'givem', after: '' }],
    ['name.givem.first()', 5, { before: 'name.', at: 'givem', after: '.first()' }],
    ['name + ', 7, { before: 'name + ', at: ' ', after: '' }],
    ['name ) x', 5, { before: 'name ', at: ')', after: ' x' }],
    ['name\n', 4, { before: 'name', at: ' ', after: '\n' }],
    ['größe = 1', 0, { before: '', at: 'größe', after: ' = 1' }],
    ['name', 99, { before: 'name', at: ' ', after: '' }],
    ['', 0, { before: '', at: ' ', after: '' }],
  ])('marks_%j_at_%i', (expression, position, marked) => expect(markedAt(expression, position)).toEqual(marked));

  it('says_line_and_character_in_words', () => {
    expect(placeOf('name.givem', 5)).toBe('character 6');
    expect(placeOf('name\n  .givem', 8)).toBe('line 2, character 4');
  });
});
