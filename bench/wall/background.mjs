// Sends what the monitors of many patients measure, over HTTP, until its parent ends it: node background.mjs URL TAG PATIENTS VALUES-PER-SECOND.
// Every 100 ms one request with the next tenth of the patients. Prints each second how many values were stored in it.
const [base, tag, patients, rate] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const names = [['heart-rate', '/min', 72], ['respiratory-rate', '/min', 14], ['oxygen-saturation', '%', 98], ['systolic', 'mm[Hg]', 121], ['diastolic', 'mm[Hg]', 76], ['temperature', 'Cel', 36.8], ['arterial-systolic', 'mm[Hg]', 124], ['arterial-diastolic', 'mm[Hg]', 74], ['arterial-mean', 'mm[Hg]', 91], ['pulse-rate', '/min', 72]];
const slices = 10;
const size = Math.ceil(patients / slices);
const perPatient = Math.max(1, Math.round(rate / patients));
let stored = 0;
let slice = 0;

async function send() {
  const time = Date.now();
  const first = (slice++ % slices) * size;
  const batches = [];
  for (let n = first + 1; n <= Math.min(first + size, patients); n++) {
    const samples = Array.from({ length: perPatient }, (_, i) => {
      const [code, unit, value] = names[i % names.length];
      return { time: time - Math.floor(i / names.length), code, unit, value: value + ((n + slice) % 3) };
    });
    batches.push({ device: `SN-${tag}-${n}`, samples });
  }
  const response = await fetch(`${base}/telemetry`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ batches }) });
  const answer = await response.json();
  if (!response.ok || answer.rejected > 0) throw new Error(JSON.stringify(answer).slice(0, 500));
  stored += answer.stored;
}

process.on('disconnect', () => process.exit());
setInterval(() => void send().catch((error) => (console.error(error), process.exit(1))), 1000 / slices);
setInterval(() => {
  process.send?.(stored);
  stored = 0;
}, 1000);
