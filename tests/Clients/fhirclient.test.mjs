// fhirclient (the SMART on FHIR client) against an open server: its requests, and an application that is launched with it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import smart from 'fhirclient';
import { base, ids, loinc, observation, patient, skip, unique } from './salus.mjs';

describe('fhirclient', { skip }, () => {
  const client = skip ? null : smart({}, {}, {}).client(base);
  const family = unique('smart');
  let organization;
  let people;

  before(async () => {
    organization = await client.create({ resourceType: 'Organization', name: family });
    people = [];
    for (let n = 0; n < 5; n++) {
      people.push(await client.create(patient(family, { birthDate: `197${n}-01-01`, managingOrganization: { reference: `Organization/${organization.id}` } })));
    }
    for (const person of people) {
      await client.create(observation(`Patient/${person.id}`, '8867-4', 60 + people.indexOf(person), '2026-01-01T08:00:00Z'));
      await client.create(observation(`Patient/${person.id}`, '9279-1', 12 + people.indexOf(person), '2026-01-02T08:00:00Z'));
    }
  });

  const refused = async (promise, status) => {
    const error = await promise.then(() => assert.fail('it was not refused'), (e) => e);
    assert.equal(error.status, status, error.message);
    assert.match(error.message, /OperationOutcome/, 'the client shows the outcome in its message');
    return error.message;
  };

  it('creates_updates_patches_and_deletes', async () => {
    const created = await client.create(patient(family, { birthDate: '1900-01-01', active: true }));
    const address = `Patient/${created.id}`;
    assert.equal(created.meta.versionId, '1');
    assert.equal((await client.update({ ...created, active: false })).meta.versionId, '2');
    const patched = await client.patch(address, [{ op: 'replace', path: '/birthDate', value: '1900-01-02' }]);
    assert.deepEqual([patched.meta.versionId, patched.birthDate, patched.active], ['3', '1900-01-02', false]);
    assert.deepEqual(await client.request(address), patched);
    assert.equal((await client.request(`${address}/_history/2`)).birthDate, '1900-01-01');
    await client.delete(address);
    await refused(client.request(address), 410);
    assert.equal((await client.request(`${address}/_history`)).entry.length, 4);
  });

  it('shows_the_answer_beside_the_resource', async () => {
    const { body, response } = await client.request({ url: `Patient/${people[0].id}`, includeResponse: true });
    assert.deepEqual(body, people[0]);
    assert.equal(response.headers.get('etag'), 'W/"1"');
    const same = await client.request({ url: `Patient/${people[0].id}`, headers: { 'If-None-Match': 'W/"1"' }, includeResponse: true }).catch((e) => e);
    assert.equal((same.response ?? same).status, 304);
  });

  it('does_not_write_over_a_newer_version', async () => {
    const created = await client.create(patient(family, { birthDate: '1901-01-01' }));
    await client.update({ ...created, active: true });
    const late = client.update({ ...created, active: false }, { headers: { 'If-Match': 'W/"1"' } });
    assert.match(await refused(late, 412), /conflict/);
    assert.equal((await client.request(`Patient/${created.id}`)).active, true);
  });

  it('collects_all_pages_flat_with_their_references', async () => {
    const address = `Patient?family=${family}&birthdate=ge1970&_sort=birthdate&_count=2`;
    const all = await client.request(address, { pageLimit: 0, flat: true, resolveReferences: 'managingOrganization' });
    assert.deepEqual(all.map((p) => p.id), people.map((p) => p.id));
    assert.ok(all.every((p) => p.managingOrganization.name === family));
    const beside = await client.request(address, { pageLimit: 0, flat: true, graph: false, resolveReferences: ['managingOrganization'] });
    assert.deepEqual(beside.data.map((p) => p.id), people.map((p) => p.id));
    assert.deepEqual(Object.keys(beside.references), [`Organization/${organization.id}`]);
  });

  it('hands_over_page_by_page', async () => {
    const sizes = [];
    await client.request(`Patient?family=${family}&birthdate=ge1970&_count=2`, { pageLimit: 0, onPage: (page) => sizes.push(page.entry.length) });
    assert.deepEqual(sizes, [2, 2, 1]);
    const seen = [];
    for await (const one of client.resources(`Patient?family=${family}&birthdate=ge1970&_sort=-birthdate&_count=2`, { limit: 3 })) seen.push(one.birthDate);
    assert.deepEqual(seen, ['1974-01-01', '1973-01-01', '1972-01-01']);
  });

  it('resolves_references_through_references', async () => {
    const found = await client.request(`Observation?patient=${people[1].id}&code=${loinc}|8867-4`, { resolveReferences: ['subject', 'subject.managingOrganization'] });
    const { subject } = found.entry[0].resource;
    assert.equal(subject.birthDate, '1971-01-01');
    assert.equal(subject.managingOrganization.name, family);
  });

  it('sorts_observations_by_code', async () => {
    const found = await client.request(`Observation?patient.family=${family}`, { pageLimit: 0, flat: true });
    const byCode = client.byCodes(found, 'code');
    assert.deepEqual(byCode('8867-4').map((o) => o.valueQuantity.value).toSorted(), [60, 61, 62, 63, 64]);
    assert.equal(byCode('8867-4', '9279-1').length, 10);
  });

  it('searches_by_POST_and_runs_a_transaction', async () => {
    const found = await client.request({
      url: 'Patient/_search',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ family, birthdate: '1972' }).toString(),
    });
    assert.deepEqual(found.entry.map((e) => e.resource.id), [people[2].id]);
    const key = unique('written');
    const answer = await client.request({
      url: '/',
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${ids}|${key}` }, resource: patient(key) }] }),
    });
    const [, address] = /(Patient\/[^/]+)\/_history\/1$/.exec(answer.entry[0].response.location);
    assert.equal((await client.request(address)).name[0].family, key);
  });

  it('calls_operations', async () => {
    const everything = await client.request(`Patient/${people[3].id}/$everything`, { flat: true });
    assert.deepEqual(everything.map((r) => r.resourceType).toSorted(), ['Observation', 'Observation', 'Organization', 'Patient']);
    const checked = await client.request({
      url: 'Patient/$validate',
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(patient(family, { gender: 'neither' })),
    });
    assert.ok(checked.issue.some((i) => i.severity === 'error' && /gender/.test(i.expression?.[0])));
  });

  it('shows_outcomes_of_what_is_refused', async () => {
    assert.match(await refused(client.request('Patient/is-not-there'), 404), /is-not-there/);
    assert.match(await refused(client.request('Patient?shoesize=44'), 400), /shoesize/);
    assert.match(await refused(client.create(patient(family, { birthDate: 'yesterday' })), 400), /birthDate/);
  });

  it('lets_an_application_be_launched_and_read_its_patient', async () => {
    // The application of the SMART guide: /launch finds out how to sign in (an open server: not at all), /app is where it lands.
    const storage = sessionStorage();
    const app = createServer(async (request, response) => {
      const session = smart(request, response, storage);
      try {
        if (request.url.startsWith('/launch')) return await session.authorize({ iss: base, redirectUri: '/app', patientId: people[4].id });
        const ready = await session.ready();
        const vitals = await ready.patient.request('Observation', { flat: true });
        const who = await ready.patient.read();
        response.end(JSON.stringify({ who: who.id, values: vitals.map((o) => o.valueQuantity.value) }));
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
    await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
    after(() => app.close());
    const answer = await fetch(`http://127.0.0.1:${app.address().port}/launch`);
    assert.equal(answer.status, 200, await answer.clone().text());
    const { who, values } = await answer.json();
    assert.equal(who, people[4].id);
    assert.deepEqual(values.toSorted(), [16, 64]);
  });
});

/** What an application keeps of its sessions. */
function sessionStorage() {
  const kept = new Map();
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => kept.set(key, value),
    unset: async (key) => kept.delete(key),
  };
}
