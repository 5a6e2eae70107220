// From a device's sample to the ward wall in a browser, and what the wall costs it: node bench/wall/run.mjs [--changes 300] [--rate 10000] [--beds 60] [--out FILE.md].
// Starts the built server (SALUS_PROGRAM, else artifacts/bin/Host/release/salus) on an empty record, a ward on which every bed sends its six values each second, other patients who send
// the rest of the rate from a process of their own, and headless Chromium with the wall open. Then patients deteriorate, one after the other: the clock runs from before their batch is
// sent until the page has changed.
import { execFileSync, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from '../../tests/Browser/browser.mjs';
import { startServer } from '../../tests/Browser/server.mjs';
import { makeWard, send, unwell } from '../../tests/Browser/ward.mjs';

const { values: options } = parseArgs({ options: { changes: { type: 'string', default: '300' }, rate: { type: 'string', default: '10000' }, beds: { type: 'string', default: '60' }, out: { type: 'string' } } });
const [changes, rate, beds] = [options.changes, options.rate, options.beds].map(Number);
const root = fileURLToPath(new URL('../..', import.meta.url));
process.env.SALUS_PROGRAM ??= `${root}artifacts/bin/Host/release/salus`;
const load = () => loadavg().map((n) => n.toFixed(2)).join(' ');
const begun = { at: new Date(), load: load() };
const epoch = () => performance.timeOrigin + performance.now();
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

/** In the page: notes when a bed's score and alarm changed, in milliseconds of the page's clock, and when the frame after that was drawn. */
function watch() {
  window.noted = [];
  const before = new Map();
  const look = () => {
    const at = performance.timeOrigin + performance.now();
    for (const tile of document.querySelectorAll('[data-bed]')) {
      const now = `${tile.dataset.level} ${tile.dataset.alarm ?? ''}`;
      const was = before.get(tile.dataset.bed);
      before.set(tile.dataset.bed, now);
      if (was === undefined || was === now) continue;
      const note = { bed: tile.dataset.bed, score: now.split(' ')[0] !== was.split(' ')[0], alarm: now.split(' ')[1] !== was.split(' ')[1] && now.split(' ')[1] !== '', high: now.split(' ')[0] === 'high', at };
      requestAnimationFrame(() => setTimeout(() => window.noted.push({ ...note, drawn: performance.timeOrigin + performance.now() })));
    }
  };
  look();
  new MutationObserver(look).observe(document.querySelector('[aria-label=Beds]'), { subtree: true, childList: true, attributes: true, attributeFilter: ['data-level', 'data-alarm'] });
}

/** Milliseconds that the page's clock is ahead of this process's, from the quickest of many questions. */
async function clockOffset(page) {
  let best = { trip: Infinity, ahead: 0 };
  for (let i = 0; i < 50; i++) {
    const asked = epoch();
    const told = await page.evaluate(() => performance.timeOrigin + performance.now());
    const answered = epoch();
    if (answered - asked < best.trip) best = { trip: answered - asked, ahead: told - (asked + answered) / 2 };
  }
  return best;
}

/** Processor time of all processes of the browser in seconds, by the devtools protocol, and of the page's main thread at work. */
async function cost(browser, devtools) {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (name) => metrics.find((m) => m.name === name).value;
  return { at: performance.now() / 1000, all: processInfo.reduce((sum, p) => sum + p.cpuTime, 0), renderer: processInfo.filter((p) => p.type === 'renderer').reduce((sum, p) => sum + p.cpuTime, 0), tasks: metric('TaskDuration'), script: metric('ScriptDuration') };
}

/** What page and server say of a bed whose change was not seen, before the run ends. */
async function missed(n, bed, error) {
  const shown = await page.evaluate((name) => {
    const tile = document.querySelector(`[data-bed="${name}"]`);
    return { noted: window.noted.filter((note) => note.bed === name), data: { ...tile?.dataset }, text: tile?.innerText };
  }, bed);
  const alerts = await (await fetch(`${server.url}/monitoring/alerts?patient=${bed}`)).json();
  throw new Error(`change ${n} of bed ${bed}: ${JSON.stringify({ shown, alerts }, null, 1)}`, { cause: error });
}

const server = await startServer();
const browser = await launch();
const others = Math.max(1, Math.round((rate - beds * 6) / 10));
console.error(`a ward of ${beds} beds and ${others} other patients`);
await makeWard(server.url, 'wall', beds);
for (let first = 0; first < others; first += 250) await makeWard(server.url, `rest${first / 250}`, Math.min(250, others - first));
// A patient may alert again and again here; and nobody is called meanwhile.
const { version, ...rule } = await (await fetch(`${server.url}/monitoring/rules/news2-high`)).json();
const changed = await fetch(`${server.url}/monitoring/rules/news2-high`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...rule, rearmMinutes: 0, escalation: [] }) });
if (!changed.ok) throw new Error(`the rule (version ${version}) could not be changed: ${await changed.text()}`);

const page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
await page.goto(`${server.url}/ward/wall`);
await page.getByText('● Live').waitFor();
await page.evaluate(watch);
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable');
const whole = await browser.newBrowserCDPSession();

// The beds of the ward: each sends once a second what it measures now.
const state = Array.from({ length: beds }, () => ({}));
let stopped = false;
const failed = (error) => (console.error(error), process.exit(1));
const bedLoops = state.map(async (_, i) => {
  await sleep((i * 1000) / beds);
  for (let due = performance.now(); !stopped; due += 1000) {
    const jitter = { 'heart-rate': (state[i]['heart-rate'] ?? 72) + (Math.floor(due / 1000) % 3) };
    await send(server.url, `SN-wall-${i + 1}`, { ...state[i], ...jitter }).catch(failed);
    await sleep(Math.max(0, due + 1000 - performance.now()));
  }
});
const stored = [];
const senders = [];
for (let first = 0; first < others; first += 250) {
  const count = Math.min(250, others - first);
  const child = fork(fileURLToPath(new URL('background.mjs', import.meta.url)), [server.url, `rest${first / 250}`, String(count), String(count * 10)]);
  child.on('message', (values) => stored.push({ at: performance.now(), values }));
  child.on('exit', (code) => !stopped && failed(new Error(`a sender ended with ${code}`)));
  senders.push(child);
}
await sleep(5000);
const from = performance.now();

console.error('what the wall costs while nothing changes');
const before = await cost(whole, devtools);
await sleep(20_000);
const after = await cost(whole, devtools);
const share = (name) => `${(((after[name] - before[name]) / (after.at - before.at)) * 100).toFixed(1)} %`;

console.error(`${changes} deteriorations`);
const clock = await clockOffset(page);
const took = { score: [], alarm: [], drawn: [] };
for (let n = 0; n < changes; n++) {
  const i = (n * 7) % beds;
  const bed = `wall-${i + 1}`;
  await page.evaluate(() => void (window.noted.length = 0));
  state[i] = unwell;
  const sent = epoch() + clock.ahead;
  const answer = send(server.url, `SN-${bed}`, unwell);
  const noted = await page.waitForFunction((name) => {
    // Either may be there first.
    const mine = window.noted.filter((note) => note.bed === name);
    const [score, alarm] = [mine.find((note) => note.score && note.high), mine.find((note) => note.alarm)];
    return score && alarm ? { score: score.at, alarm: alarm.at, drawn: alarm.drawn } : false;
  }, bed, { polling: 20, timeout: 30_000 }).then((handle) => handle.jsonValue()).catch((error) => missed(n, bed, error));
  await answer;
  for (const name of Object.keys(took)) took[name].push(noted[name] - sent);
  // Well again, and long enough that the alert has ended before the bed's next turn; at another place of the second and of the commits each time.
  state[i] = {};
  await send(server.url, `SN-${bed}`);
  await sleep(40 + ((n * 37) % 90));
}
const until = performance.now();
stopped = true;
senders.forEach((child) => child.disconnect());
await Promise.all(bedLoops);
await browser.close();
await server.stop();

const background = stored.filter(({ at }) => at > from && at < until).reduce((sum, { values }) => sum + values, 0) / ((until - from) / 1000);
const row = (name, list) => {
  const sorted = list.toSorted((a, b) => a - b);
  return `| ${name} | ${list.length} | ${[0.5, 0.9, 0.99, 1].map((q) => quantile(sorted, q).toFixed(1)).join(' | ')} |`;
};
const commit = execFileSync('git', ['-C', root, 'describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const text = `# From the device to the ward wall

- **Command** \`node bench/wall/run.mjs --changes ${changes} --rate ${rate} --beds ${beds}\`; commit ${commit}; ${begun.at.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${Math.round((Date.now() - begun.at) / 60_000)} minutes.
- **Hardware** ${/model name\s*:\s*(.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]}, ${cpus().length} cores (virtual, shared with other work), Chromium ${browser.version()} headless, Node.js ${process.version}.
- **Load averages** (1, 5, 15 minutes) ${begun.load} at the start, ${load()} at the end; this measurement is part of the latter: server, its PostgreSQL, senders and browser share the cores.
- **Method** a ward of ${beds} beds that send six values each second in requests of their own, and ${others} other patients with ten values each second; ${background.toFixed(0)} values/s of these were stored while it ran. The clock starts before a batch
  of six values that makes NEWS2 12 is sent by HTTP, and stops in the page: when the tile has the new score, when it has the alert (rule news2-high, which is stored first), and after the frame that shows it. The clocks of the page and the sender were compared (${clock.ahead.toFixed(2)} ms apart, to ${(clock.trip / 2).toFixed(2)} ms).

| from the batch until | changes | p50 ms | p90 ms | p99 ms | longest ms |
|---|---|---|---|---|---|
${row('the score is in the page', took.score)}
${row('the alert is in the page', took.alarm)}
${row('the frame with the alert was drawn', took.drawn)}

${beds} beds at 1 Hz on a screen of 1920x1080, for 20 s, by the devtools protocol: main thread of the page at work ${share('tasks')} of a core, of it scripts ${share('script')}; all threads of the page's process ${share('renderer')}; all processes of the browser, which draws without a graphics card, ${share('all')}.
`;
if (options.out) writeFileSync(options.out, text);
console.log(text);
process.exit(0);
