// What a question to $graphql costs beside the same by reads and searches, from a Salus that runs without sign-in and has the demo hospital: a patient with name and birth date, the
// 20 newest observations of an encounter, and encounter and performer of each. One connection, the three ways in turn, over ten patients. Node 20 or newer.
//   ./salus serve --no-sign-in
//   node bench/graphql/run.mjs http://127.0.0.1:8080 400

const base = `${process.argv[2] ?? 'http://127.0.0.1:8080'}/fhir`
const rounds = Number(process.argv[3] ?? 400);
const warmUp = 60;
const search = (patient) => `/Observation?patient=Patient/${patient}&_count=20&_sort=-date&encounter:missing=false`;
const document = `query($id: String!) {
  Patient(id: $id) {
    id name { family given } birthDate
    ObservationList(_reference: patient, _count: 20, _sort: "-date", _filter: "encounter pr true") {
      id code { text } effectiveDateTime valueQuantity { value unit }
      encounter { resource(optional: true) { ... on Encounter { id period { start } } } }
      performer { resource(optional: true) { ... on Practitioner { id name { family } } } }
    }
  }
}`;

async function text(path, body) {
  const answer = await fetch(base + path, body ? { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {});
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

const ways = {
  '$graphql, 1 request': async (patient) => text('/$graphql', { query: document, variables: { id: patient } }),
  'read and search with _include, 2 requests': async (patient) => (await text(`/Patient/${patient}`)) + (await text(`${search(patient)}&_include=Observation:encounter&_include=Observation:performer`)),
  'read, search, and a read of each reference': async (patient) => {
    let all = await text(`/Patient/${patient}`);
    const found = await text(search(patient));
    const references = new Set(JSON.parse(found).entry.flatMap((e) => [e.resource.encounter, ...(e.resource.performer ?? [])]).map((r) => r?.reference).filter(Boolean));
    all += found;
    for (const reference of references) all += await text(`/${reference}`);
    return all;
  },
};

const patients = [];
for (const { resource } of JSON.parse(await text('/Patient?_count=200&_elements=id')).entry) {
  if (patients.length < 10 && JSON.parse(await text(search(resource.id))).entry?.length === 20) patients.push(resource.id);
}
if (patients.length === 0) throw new Error('no patient has 20 observations of an encounter');

const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
const bytes = {};
for (let i = 0; i < rounds + warmUp; i++) {
  for (const [name, way] of Object.entries(ways)) {
    const started = performance.now();
    const answer = await way(patients[i % patients.length]);
    if (i >= warmUp) times[name].push(performance.now() - started);
    bytes[name] = Buffer.byteLength(answer);
  }
}
for (const [name, all] of Object.entries(times)) {
  all.sort((a, b) => a - b);
  const at = (share) => all[Math.floor(all.length * share)].toFixed(2);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, ${bytes[name]} bytes`);
}
