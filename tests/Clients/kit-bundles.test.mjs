// fhir-kit-client: transactions, batches and operations.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundle, headers, ids, kit, observation, patient, refusal, resources, skip, unique } from './salus.mjs';

describe('fhir-kit-client, bundles and operations', { skip }, () => {
  const client = kit();
  const post = (resource, more = {}) => ({ request: { method: 'POST', url: resource.resourceType }, resource, ...more });
  const parameters = (...parameter) => ({ resourceType: 'Parameters', parameter });
  const valuesOf = (answer, name) => answer.parameter.filter((p) => p.name === name);
  const read = (reference) => client.resolve({ reference: reference.replace(/\/_history\/.*/, '') });

  /** A patient with observations of two codes, written as one transaction whose references are resolved by Salus. */
  async function admitted(key) {
    const fullUrl = 'urn:uuid:7b9f4b0e-6f0d-4b56-9c0e-2f5b0a4d3c11';
    const answer = await client.transaction({
      body: bundle(
        'transaction',
        post(observation(fullUrl, '8867-4', 61, '2026-01-01T08:00:00Z')),
        post(observation(fullUrl, '8867-4', 75, '2026-01-02T08:00:00Z')),
        post(observation(fullUrl, '9279-1', 16, '2026-01-01T09:00:00Z')),
        post(patient(key), { fullUrl }),
      ),
    });
    assert.equal(answer.type, 'transaction-response');
    assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ['201', '201', '201', '201']);
    const written = await Promise.all(answer.entry.map((e) => read(e.response.location)));
    return { person: written.pop(), observations: written };
  }

  it('writes_a_transaction_whose_entries_refer_to_each_other', async () => {
    const { person, observations } = await admitted(unique('transaction'));
    assert.equal(person.resourceType, 'Patient');
    assert.deepEqual(observations.map((o) => o.subject.reference), Array(3).fill(`Patient/${person.id}`));
    assert.deepEqual(observations.map((o) => o.valueQuantity.value), [61, 75, 16]);
  });

  it('writes_all_of_a_transaction_or_nothing', async () => {
    const key = unique('nothing');
    const entries = [post(patient(key)), post(patient(key, { gender: 'neither' }))];
    const issue = await refusal(client.transaction({ body: bundle('transaction', ...entries) }), 400);
    assert.match(JSON.stringify(issue), /entry\[1\]/);
    const found = await client.search({ resourceType: 'Patient', searchParams: { identifier: `${ids}|${key}` } });
    assert.deepEqual(resources(found), []);
  });

  it('answers_each_entry_of_a_batch_by_itself', async () => {
    const key = unique('batch');
    const stored = await client.create({ resourceType: 'Patient', body: patient(key) });
    const answer = await client.batch({
      body: bundle(
        'batch',
        { request: { method: 'GET', url: `Patient?identifier=${ids}|${key}` } },
        post(patient(key, { gender: 'neither' })),
        { request: { method: 'PUT', url: `Patient/${stored.id}`, ifMatch: 'W/"1"' }, resource: { ...stored, active: true } },
        { request: { method: 'GET', url: `Patient/${stored.id}` } },
        { request: { method: 'DELETE', url: `Patient/${unique('nobody').slice(0, 40)}` } },
      ),
      options: { headers: { Prefer: 'return=representation' } },
    });
    assert.equal(answer.type, 'batch-response');
    const [found, refused, updated, readAgain, deleted] = answer.entry;
    assert.equal(resources(found.resource)[0].id, stored.id);
    assert.match(refused.response.status, /^400/);
    assert.equal(refused.response.outcome.resourceType, 'OperationOutcome');
    assert.match(updated.response.status, /^200/);
    assert.equal(updated.response.etag, 'W/"2"');
    assert.equal(updated.resource.active, true);
    assert.equal(readAgain.resource.id, stored.id);
    assert.match(deleted.response.status, /^204/);
  });

  for (const method of ['GET', 'POST']) {
    it(`calls_$everything_by_${method}`, async () => {
      const { person, observations } = await admitted(unique('everything'));
      const seen = [];
      const input = method === 'GET' ? { _count: 2 } : parameters({ name: '_count', valueInteger: 2 });
      for (let page = await client.operation({ name: '$everything', resourceType: 'Patient', id: person.id, method, input }); page; page = await client.nextPage({ bundle: page })) {
        seen.push(...resources(page).map((r) => r.id));
      }
      assert.equal(seen[0], person.id);
      assert.deepEqual(seen.slice(1).toSorted(), observations.map((o) => o.id).toSorted());
    });

    it(`calls_$lastn_by_${method}`, async () => {
      const { person, observations } = await admitted(unique('lastn'));
      const input = method === 'GET' ? { patient: person.id, max: 1 } : parameters({ name: 'patient', valueString: person.id }, { name: 'max', valueInteger: 1 });
      const newest = await client.operation({ name: 'lastn', resourceType: 'Observation', method, input });
      assert.deepEqual(resources(newest).map((o) => o.id).toSorted(), [observations[1].id, observations[2].id].toSorted());
    });
  }

  it('calls_an_operation_without_input', async () => {
    const { person } = await admitted(unique('input'));
    const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id: person.id });
    assert.equal(everything.entry.length, 4);
  });

  it('validates_without_storing', async () => {
    const key = unique('validate');
    const validate = (resource) => client.operation({ name: 'validate', resourceType: 'Patient', input: parameters({ name: 'resource', resource }) });
    const good = await validate(patient(key));
    assert.ok(good.issue.every((i) => i.severity !== 'error' && i.severity !== 'fatal'));
    const bad = await validate(patient(key, { gender: 'neither', contact: [{ gender: 'male' }] }));
    const errors = bad.issue.filter((i) => i.severity === 'error').map((i) => i.expression?.[0] ?? '');
    assert.ok(errors.some((e) => e.includes('gender')), 'a code that is not in its value set');
    assert.ok(errors.some((e) => e.includes('contact')), 'an invariant: a contact without a name or an address');
    const found = await client.search({ resourceType: 'Patient', searchParams: { family: key } });
    assert.deepEqual(resources(found), []);
  });

  it('expands_a_value_set_and_looks_up_a_code', async () => {
    const url = `https://example.org/${unique('ward-types')}`;
    const concept = [{ code: 'w', display: 'Ward', concept: [{ code: 'icu', display: 'Intensive care' }, { code: 'imc', display: 'Intermediate care' }] }, { code: 'x', display: 'Other' }];
    await client.create({ resourceType: 'CodeSystem', body: { resourceType: 'CodeSystem', url, status: 'active', content: 'complete', hierarchyMeaning: 'is-a', concept } });
    const include = [{ system: url, filter: [{ property: 'concept', op: 'is-a', value: 'w' }] }];
    const set = await client.create({ resourceType: 'ValueSet', body: { resourceType: 'ValueSet', url: `${url}-set`, status: 'active', compose: { include } } });
    const expand = async (input) => (await client.operation({ name: 'expand', resourceType: 'ValueSet', id: set.id, method: 'GET', input })).expansion.contains;
    const codes = (contains) => contains.flatMap((c) => [c.code, ...codes(c.contains ?? [])]);
    assert.deepEqual(codes(await expand()), ['w', 'icu', 'imc']);
    assert.deepEqual(codes(await expand({ filter: 'intens' })), ['icu']);
    const byUrl = await client.operation({ name: 'expand', resourceType: 'ValueSet', input: parameters({ name: 'url', valueUri: `${url}-set` }, { name: 'count', valueInteger: 1 }) });
    assert.equal(byUrl.expansion.total, 3);
    assert.equal(byUrl.expansion.contains.length, 1);
    const looked = await client.operation({ name: 'lookup', resourceType: 'CodeSystem', method: 'GET', input: { system: url, code: 'imc' } });
    assert.equal(valuesOf(looked, 'display')[0].valueString, 'Intermediate care');
    const member = await client.operation({ name: 'validate-code', resourceType: 'ValueSet', id: set.id, method: 'GET', input: { system: url, code: 'x' } });
    assert.equal(valuesOf(member, 'result')[0].valueBoolean, false);
  });

  it('reads_and_changes_meta', async () => {
    const key = unique('meta');
    const { person } = await admitted(key);
    const tag = { system: ids, code: key };
    const added = await client.operation({ name: 'meta-add', resourceType: 'Patient', id: person.id, input: parameters({ name: 'meta', valueMeta: { tag: [tag] } }) });
    assert.deepEqual(valuesOf(added, 'return')[0].valueMeta.tag, [tag]);
    const meta = await client.operation({ name: 'meta', resourceType: 'Patient', id: person.id, method: 'GET' });
    assert.equal(valuesOf(meta, 'return')[0].valueMeta.versionId, '2');
    const tagged = await client.search({ resourceType: 'Patient', searchParams: { _tag: `${ids}|${key}` } });
    assert.deepEqual(resources(tagged).map((r) => r.id), [person.id]);
    await client.operation({ name: 'meta-delete', resourceType: 'Patient', id: person.id, input: parameters({ name: 'meta', valueMeta: { tag: [tag] } }) });
    assert.equal((await client.read({ resourceType: 'Patient', id: person.id })).meta.tag, undefined);
  });

  it('shows_what_changed_between_versions', async () => {
    const { person } = await admitted(unique('diff'));
    await client.update({ resourceType: 'Patient', id: person.id, body: { ...person, birthDate: '1980-05-18' } });
    const diff = await client.operation({ name: 'diff', resourceType: 'Patient', id: person.id, method: 'GET', input: { fromVersion: 1, toVersion: 2 } });
    assert.equal(diff.resourceType, 'Parameters');
    assert.match(JSON.stringify(diff), /1980-05-18/);
    // The answer is a FHIRPath Patch: applied to the first version it makes the second.
    await client.update({ resourceType: 'Patient', id: person.id, body: person });
    const patched = await client.request(`Patient/${person.id}`, { method: 'PATCH', options: { headers: { 'Content-Type': 'application/fhir+json' } }, body: diff });
    assert.equal(patched.birthDate, '1980-05-18');
    assert.equal(headers(patched).get('etag'), 'W/"4"');
  });

  it('refuses_an_operation_that_is_not_there', async () => {
    const issue = await refusal(client.operation({ name: 'cure', resourceType: 'Patient', method: 'GET' }), 404);
    assert.match(issue.diagnostics, /cure/);
  });
});
