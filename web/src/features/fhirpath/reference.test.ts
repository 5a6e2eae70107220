import { describe, expect, it } from 'vitest';
import { referenceIn } from './reference';

describe('a reference as typed', () => {
  it.each([
    ['Patient/1', 'Patient/1'],
    [' Patient/a-b.c ', 'Patient/a-b.c'],
    ['http://127.0.0.1:8080/fhir/Observation/7', 'Observation/7'],
    ['Patient/1/_history/2', 'Patient/1/_history/2'],
    ['Patient', undefined],
    ['patient/1', undefined],
    ['Patient/1 or so', undefined],
    ['Patient/1?x', undefined],
    ['', undefined],
  ])('reads_%j', (text, expected) => expect(referenceIn(text)).toBe(expected));
});
