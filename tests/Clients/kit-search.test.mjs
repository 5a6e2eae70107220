// fhir-kit-client: searches, their pages, what they include, compartments.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { bundle, ids, kit, loinc, observation, patient, refusal, resources, skip, unique } from './salus.mjs';

describe('fhir-kit-client, search', { skip }, () => {
  const client = kit();
  const family = unique('search');
  const search = (resourceType, searchParams, options) => client.search({ resourceType, searchParams, options });
  const dates = (page) => resources(page).map((r) => r.birthDate);
  let mother;
  let subject;

  before(async () => {
    mother = await client.create({ resourceType: 'Patient', body: patient(family, { birthDate: '1950-01-01' }) });
    subject = `Patient/${mother.id}`;
    for (let year = 1960; year < 1967; year++) {
      await client.create({ resourceType: 'Patient', body: patient(family, { birthDate: `${year}-02-03`, gender: 'male', link: [{ other: { reference: subject }, type: 'seealso' }] }) });
    }
    await client.create({ resourceType: 'Observation', body: observation(subject, '8867-4', 61, '2026-01-01T08:00:00Z') });
    await client.create({ resourceType: 'Observation', body: observation(subject, '8867-4', 140, '2026-02-01T08:00:00Z') });
  });

  for (const options of [{}, { postSearch: true }]) {
    const way = options.postSearch ? 'POST' : 'GET';
    it(`finds_by_${way}`, async () => {
      const men = await search('Patient', { family, gender: 'male', birthdate: ['ge1961', 'lt1964'], _sort: 'birthdate' }, options);
      assert.equal(men.type, 'searchset');
      assert.deepEqual(dates(men), ['1961-02-03', '1962-02-03', '1963-02-03']);
      assert.ok(men.entry.every((e) => e.search.mode === 'match'));
      const either = await search('Patient', { family, birthdate: '1960-02-03,1950-01-01', _sort: '-birthdate', _total: 'accurate' }, options);
      assert.deepEqual(dates(either), ['1960-02-03', '1950-01-01']);
      assert.equal(either.total, 2);
      const high = await search('Observation', { 'subject:Patient.family': family, 'code-value-quantity': `${loinc}|8867-4$gt100` }, options);
      assert.deepEqual(resources(high).map((o) => o.valueQuantity.value), [140]);
      assert.equal((await search('Patient', { family, gender: 'unknown' }, options)).entry?.length ?? 0, 0);
    });

    it(`finds_in_a_compartment_by_${way}`, async () => {
      const compartment = { resourceType: 'Patient', id: mother.id };
      const found = await client.search({ resourceType: 'Observation', compartment, searchParams: { date: 'ge2026-02-01' }, options });
      assert.deepEqual(resources(found).map((o) => o.valueQuantity.value), [140]);
      await refusal(client.search({ resourceType: 'Organization', compartment, searchParams: { name: 'x' }, options }), 404);
    });

    it(`counts_the_whole_system_by_${way}`, async () => {
      const counted = await client.systemSearch({ searchParams: { _summary: 'count' }, options });
      assert.ok(counted.total >= 10);
      assert.equal(counted.entry, undefined);
    });
  }

  it('goes_through_pages_forth_and_back', async () => {
    const searchParams = { family, _sort: 'birthdate', _count: 3 };
    const pages = [];
    for (let page = await search('Patient', searchParams); page; page = await client.nextPage({ bundle: page })) pages.push(page);
    assert.deepEqual(pages.map((p) => resources(p).length), [3, 3, 2]);
    assert.deepEqual(pages.flatMap(dates), ['1950-01-01', ...[0, 1, 2, 3, 4, 5, 6].map((n) => `196${n}-02-03`)]);
    const second = await client.prevPage({ bundle: pages[2] });
    const first = await client.prevPage({ bundle: second });
    assert.deepEqual(dates(second), dates(pages[1]));
    assert.deepEqual(dates(first), dates(pages[0]));
    assert.equal(client.prevPage({ bundle: first }), undefined);
    assert.deepEqual(dates(await client.nextPage({ bundle: first })), dates(pages[1]));
  });

  it('follows_pages_of_a_search_by_post', async () => {
    const first = await search('Patient', { family, _sort: '-birthdate', _count: 5 }, { postSearch: true });
    const second = await client.nextPage({ bundle: first });
    assert.deepEqual([...dates(first), ...dates(second)], [...[6, 5, 4, 3, 2, 1, 0].map((n) => `196${n}-02-03`), '1950-01-01']);
    assert.equal(client.nextPage({ bundle: second }), undefined);
  });

  it('resolves_references_from_the_bundle_and_from_the_server', async () => {
    const found = await search('Observation', { patient: mother.id, _include: 'Observation:subject', date: 'lt2026-02-01' });
    assert.deepEqual(found.entry.map((e) => e.search.mode), ['match', 'include']);
    // With the bundle as context the client must not have to ask the server.
    const unreachable = kit();
    unreachable.baseUrl = 'http://127.0.0.1:9/fhir';
    const { reference } = found.entry[0].resource.subject;
    assert.deepEqual(await unreachable.resolve({ reference, context: found }), mother);
    assert.deepEqual(await client.resolve({ reference }), mother);
    assert.deepEqual(await client.resolve({ reference: found.entry[1].fullUrl }), mother);
  });

  it('resolves_what_is_contained', async () => {
    const body = observation(subject, '8867-4', 70, '2025-01-01');
    body.contained = [{ resourceType: 'Practitioner', id: 'doctor', name: [{ family }] }];
    body.performer = [{ reference: '#doctor' }];
    const stored = await client.create({ resourceType: 'Observation', body });
    const doctor = await client.resolve({ reference: stored.performer[0].reference, context: stored });
    assert.equal(doctor.name[0].family, family);
  });

  it('includes_what_refers_to_a_match', async () => {
    const found = await search('Patient', { _id: mother.id, _revinclude: ['Observation:subject', 'Patient:link'] });
    const included = found.entry.filter((e) => e.search.mode === 'include').map((e) => e.resource.resourceType);
    assert.equal(included.filter((type) => type === 'Patient').length, 7);
    assert.ok(included.filter((type) => type === 'Observation').length >= 2);
  });

  it('sees_text_that_needs_escapes', async () => {
    const value = `${unique('odd')} & = + , | $ # % ü 漢 😀`;
    const stored = await client.create({ resourceType: 'Patient', body: patient(value) });
    const escaped = value.replace(/([,|$\\])/g, '\\$1');
    for (const options of [{}, { postSearch: true }]) {
      const found = await search('Patient', { identifier: `${ids}|${escaped}` }, options);
      assert.deepEqual(resources(found), [stored]);
    }
  });

  it('reads_parts_of_resources', async () => {
    const found = await search('Patient', { _id: mother.id, _elements: 'birthDate' });
    const [part] = resources(found);
    assert.equal(part.birthDate, '1950-01-01');
    assert.equal(part.gender, undefined);
    assert.ok(part.meta.tag.some((t) => t.code === 'SUBSETTED'));
  });

  it('takes_the_entries_of_a_search_back_as_a_batch', async () => {
    const found = await search('Patient', { family, birthdate: 'lt1962', _sort: 'birthdate' });
    const reads = found.entry.map((e) => ({ request: { method: 'GET', url: `Patient/${e.resource.id}` } }));
    const read = await client.batch({ body: bundle('batch', ...reads) });
    assert.deepEqual(resources(read), resources(found));
  });
});
