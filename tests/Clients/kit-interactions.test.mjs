// fhir-kit-client: reading and writing single resources, their versions and history.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headers, ids, kit, patient, refusal, resources, skip, unique } from './salus.mjs';

describe('fhir-kit-client, interactions', { skip }, () => {
  const client = kit();
  const create = (key, more) => client.create({ resourceType: 'Patient', body: patient(key, more) });

  it('reads_what_the_server_can_do', async () => {
    const capability = await client.capabilityStatement();
    assert.equal(capability.resourceType, 'CapabilityStatement');
    assert.equal(capability.fhirVersion, '4.0.1');
    const ofPatient = capability.rest[0].resource.find((r) => r.type === 'Patient');
    const codes = ofPatient.interaction.map((i) => i.code);
    for (const code of ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type']) {
      assert.ok(codes.includes(code), code);
    }
    assert.ok(ofPatient.searchParam.some((p) => p.name === 'birthdate' && p.type === 'date'));
  });

  it('finds_no_sign_in_at_an_open_server', async () => {
    // The client looks at .well-known and at the CapabilityStatement; none of them may name an address.
    const auth = await client.smartAuthMetadata();
    assert.equal(auth.authorizeUrl, undefined);
    assert.equal(auth.tokenUrl, undefined);
  });

  it('creates_reads_updates_and_deletes_a_resource', async () => {
    const key = unique('crud');
    const created = await create(key, { multipleBirthInteger: 2 });
    assert.equal(created.meta.versionId, '1');
    assert.equal(headers(created).get('etag'), 'W/"1"');
    assert.ok(headers(created).get('location').endsWith(`/fhir/Patient/${created.id}/_history/1`));
    assert.equal(headers(created).get('last-modified'), new Date(created.meta.lastUpdated).toUTCString());

    const read = await client.read({ resourceType: 'Patient', id: created.id });
    assert.deepEqual(read, created);
    assert.equal(read.multipleBirthInteger, 2);

    const updated = await client.update({ resourceType: 'Patient', id: created.id, body: { ...read, birthDate: '1981-01-01' } });
    assert.equal(updated.meta.versionId, '2');
    assert.equal(updated.birthDate, '1981-01-01');
    const first = await client.vread({ resourceType: 'Patient', id: created.id, version: '1' });
    assert.deepEqual(first, created);

    assert.deepEqual(await client.delete({ resourceType: 'Patient', id: created.id }), {});
    await refusal(client.read({ resourceType: 'Patient', id: created.id }), 410);
    assert.deepEqual(await client.vread({ resourceType: 'Patient', id: created.id, version: '2' }), updated);
    const again = await client.update({ resourceType: 'Patient', id: created.id, body: updated });
    assert.equal(again.meta.versionId, '4');
  });

  it('creates_at_an_id_of_the_client', async () => {
    const id = unique('own').slice(0, 40);
    const stored = await client.update({ resourceType: 'Patient', id, body: patient(id, { id }) });
    assert.equal(stored.id, id);
    assert.equal(stored.meta.versionId, '1');
    assert.equal((await client.read({ resourceType: 'Patient', id })).name[0].family, id);
  });

  it('refuses_to_write_over_a_newer_version', async () => {
    const created = await create(unique('match'));
    const write = (birthDate, version) =>
      client.update({ resourceType: 'Patient', id: created.id, body: { ...created, birthDate }, options: { headers: { 'If-Match': `W/"${version}"` } } });
    assert.equal((await write('1990-01-01', 1)).meta.versionId, '2');
    const issue = await refusal(write('1991-01-01', 1), 412);
    assert.equal(issue.code, 'conflict');
    assert.equal((await client.read({ resourceType: 'Patient', id: created.id })).birthDate, '1990-01-01');
    assert.equal((await write('1991-01-01', 2)).meta.versionId, '3');
  });

  it('creates_once_under_a_condition', async () => {
    const key = unique('once');
    const options = { headers: { 'If-None-Exist': `identifier=${ids}|${key}` } };
    const made = await client.create({ resourceType: 'Patient', body: patient(key), options });
    const found = await client.create({ resourceType: 'Patient', body: patient(key, { birthDate: '2000-01-01' }), options });
    assert.equal(found.id, made.id);
    assert.equal(found.birthDate, '1980-05-17');
    await create(key);
    await refusal(client.create({ resourceType: 'Patient', body: patient(key), options }), 412);
  });

  it('updates_what_a_search_finds', async () => {
    const key = unique('cond');
    const searchParams = { identifier: `${ids}|${key}` };
    const made = await client.update({ resourceType: 'Patient', searchParams, body: patient(key) });
    const changed = await client.update({ resourceType: 'Patient', searchParams, body: patient(key, { active: true }) });
    assert.equal(changed.id, made.id);
    assert.equal(changed.meta.versionId, '2');
    assert.equal(changed.active, true);
  });

  it('patches_and_says_why_a_patch_fails', async () => {
    const created = await create(unique('patch'));
    const patch = (jsonPatch, options) => client.patch({ resourceType: 'Patient', id: created.id, jsonPatch, options });
    const patched = await patch([
      { op: 'test', path: '/birthDate', value: '1980-05-17' },
      { op: 'replace', path: '/birthDate', value: '1980-05-18' },
      { op: 'add', path: '/name/0/given/-', value: 'Maria' },
      { op: 'remove', path: '/gender' },
    ]);
    assert.equal(patched.meta.versionId, '2');
    assert.equal(patched.birthDate, '1980-05-18');
    assert.deepEqual(patched.name[0].given, ['Ada', 'Maria']);
    assert.equal(patched.gender, undefined);
    await refusal(patch([{ op: 'test', path: '/birthDate', value: '1980-05-17' }]), 422);
    await refusal(patch([{ op: 'add', path: '/active', value: true }], { headers: { 'If-Match': 'W/"1"' } }), 412);
    assert.deepEqual(await client.read({ resourceType: 'Patient', id: created.id }), patched);
  });

  it('lists_the_history_of_a_resource_a_type_and_all', async () => {
    const created = await create(unique('history'));
    await client.update({ resourceType: 'Patient', id: created.id, body: { ...created, active: true } });
    await client.delete({ resourceType: 'Patient', id: created.id });
    const own = await client.history({ resourceType: 'Patient', id: created.id });
    assert.equal(own.type, 'history');
    assert.deepEqual(own.entry.map((e) => e.response.status), ['204', '200', '201']);
    assert.deepEqual(resources(own).map((r) => r?.meta.versionId), [undefined, '2', '1']);

    for (const options of [{ resourceType: 'Patient' }, {}]) {
      let statuses = [];
      for (let page = await client.history(options); page; page = await client.nextPage({ bundle: page })) {
        statuses = statuses.concat(page.entry.filter((e) => e.fullUrl.endsWith(`/Patient/${created.id}`)).map((e) => e.response.status));
      }
      assert.deepEqual(statuses, ['204', '200', '201']);
    }
  });

  it('is_told_why_a_request_fails', async () => {
    const unknown = await refusal(client.read({ resourceType: 'Patient', id: unique('none').slice(0, 40) }), 404);
    assert.equal(unknown.code, 'not-found');
    const wrong = await refusal(create(unique('wrong'), { birthDate: '17.5.1980' }), 400);
    assert.match(wrong.expression?.[0] ?? '', /birthDate/);
    const misnamed = await refusal(create(unique('misnamed'), { birthdate: '1980-05-17' }), 400);
    assert.match(misnamed.diagnostics, /birthdate/);
    const search = await refusal(client.search({ resourceType: 'Patient', searchParams: { shoesize: '44' } }), 400);
    assert.match(search.diagnostics, /shoesize/);
    await refusal(client.read({ resourceType: 'Person2', id: '1' }), 404);
  });
});
