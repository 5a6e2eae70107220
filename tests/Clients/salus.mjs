// What the tests share: where Salus is, names that nobody else writes, and resources.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client } from 'fhir-kit-client';

/** The FHIR base of the server under test. Without it the tests are skipped. */
export const base = process.env.SALUS_URL && `${process.env.SALUS_URL}/fhir`;
export const skip = base ? false : 'SALUS_URL is not set';

export const loinc = 'http://loinc.org';
export const ids = 'https://example.org/clients';

/** A text that no other test and no other run has written. */
export const unique = (name) => `${name}-${randomUUID()}`;

export const kit = () => new Client({ baseUrl: base });

export const patient = (key, more = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: ids, value: key }],
  name: [{ family: key, given: ['Ada'] }],
  gender: 'female',
  birthDate: '1980-05-17',
  ...more,
});

export const observation = (subject, code, value, time) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
  code: { coding: [{ system: loinc, code }] },
  subject: { reference: subject },
  effectiveDateTime: time,
  valueQuantity: { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
});

export const bundle = (type, ...entry) => ({ resourceType: 'Bundle', type, entry });

export const resources = (page) => (page.entry ?? []).map((e) => e.resource);

/** The headers of the answer that a result of fhir-kit-client came with. */
export const headers = (result) => Client.httpFor(result).response.headers;

/** What fhir-kit-client throws: the status, and the OperationOutcome that Salus explains it with. */
export async function refusal(promise, status) {
  const error = await promise.then(() => assert.fail('it was not refused'), (e) => e);
  assert.equal(error.response?.status, status, error.message);
  const outcome = error.response.data;
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.ok(outcome.issue[0].diagnostics, 'the outcome says why');
  return outcome.issue[0];
}
