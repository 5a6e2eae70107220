// A small ward for the tests: beds, patients in them, monitors on them; and what the monitors send.
import assert from 'node:assert/strict';

const well = { 'heart-rate': 72, 'respiratory-rate': 14, 'oxygen-saturation': 98, systolic: 121, diastolic: 76, temperature: 36.8 };
const units = { 'heart-rate': '/min', 'respiratory-rate': '/min', 'oxygen-saturation': '%', systolic: 'mm[Hg]', diastolic: 'mm[Hg]', temperature: 'Cel' };
/** NEWS2 of 12: three points each for breathing, saturation, pressure and pulse. */
export const unwell = { ...well, 'heart-rate': 136, 'respiratory-rate': 27, 'oxygen-saturation': 89, systolic: 86 };

const coded = (code) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code }] });
const put = (resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } });

function bedOf(tag, n) {
  const id = `${tag}-${n}`;
  const reference = (type) => ({ reference: `${type}/${id}` });
  return [
    put({ resourceType: 'Location', id, name: `Bed ${n}`, status: 'active', physicalType: coded('bd'), partOf: { reference: `Location/${tag}` } }),
    put({ resourceType: 'Patient', id, name: [{ family: `Testward${n}`, given: ['Ada'] }], birthDate: `${1950 + (n % 50)}-03-${String((n % 28) + 1).padStart(2, '0')}`, gender: 'female' }),
    put({ resourceType: 'Encounter', id, status: 'in-progress', class: { code: 'IMP' }, subject: reference('Patient'), location: [{ location: reference('Location'), status: 'active' }] }),
    put({ resourceType: 'Device', id, status: 'active', identifier: [{ system: 'urn:serial', value: `SN-${id}` }], deviceName: [{ name: `Monitor ${n}`, type: 'user-friendly-name' }], location: reference('Location') }),
    put({ resourceType: 'DeviceUseStatement', id, status: 'active', subject: reference('Patient'), device: reference('Device'), timingPeriod: { start: '2020-01-01T00:00:00Z' } }),
  ];
}

async function answer(response) {
  const text = await response.text();
  assert.ok(response.ok, `${response.url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

const post = async (base, path, body, type = 'application/json') => answer(await fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) }));

export const get = async (base, path) => answer(await fetch(`${base}${path}`));

/** What a monitor measures, of now, in one batch; further values in place of those of somebody who is well. */
export function send(base, device, values = {}, time = Date.now()) {
  const samples = Object.entries({ ...well, ...values }).map(([code, value]) => ({ time, code, value, unit: units[code] }));
  return post(base, '/telemetry', { device, samples });
}

/** The last ten seconds of a lead: a beat each 0.8 s. */
export function sendCurve(base, device, until = Date.now()) {
  const data = Array.from({ length: 2_500 }, (_, i) => (i % 200 < 6 ? 400 : Math.round(20 * Math.sin(i / 9)))).join(' ');
  return post(base, '/telemetry', { device, waveforms: [{ code: 'ecg-ii', start: until - 10_000, period: 4, factor: 0.0025, unit: 'mV', data }] });
}

/** Asks until it holds, at most 20 s. */
export async function until(holds, what) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((next) => setTimeout(next, 50))) if (await holds()) return;
  assert.fail(`This did not come about within 20 s: ${what}`);
}

/** Makes a ward; the ids of bed, patient and device are the same: `TAG-1`, `TAG-2` ... Every patient has values when this returns. */
export async function makeWard(base, tag, beds) {
  const all = Array.from({ length: beds }, (_, i) => i + 1);
  const entry = [put({ resourceType: 'Location', id: tag, name: `Ward ${tag}`, status: 'active', physicalType: coded('wa') }), ...all.flatMap((n) => bedOf(tag, n))];
  const made = await post(base, '/fhir', { resourceType: 'Bundle', type: 'transaction', entry }, 'application/fhir+json');
  assert.equal(made.entry.length, entry.length);
  for (const n of all) await until(async () => (await send(base, `SN-${tag}-${n}`)).stored > 0, `the monitor of bed ${n} is registered`);
}
