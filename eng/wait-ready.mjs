// Waits until a Salus answers /readyz and has finished its demo hospital: node eng/wait-ready.mjs URL PID SECONDS [DATA FOLDER].
// With sign-in on, the data folder's server.json has the key with which the state of the system may be asked, and the demo hospital is finished when it has its accounts.
// Exits 1 with a line that says why when the process ends or the time is over.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, pid, seconds, data] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;

function alive() {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

/** What lets this machine's administrator in; nothing before the server has written it. */
function key() {
  try {
    return { authorization: `Bearer ${JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')).key}` };
  } catch {
    return {};
  }
}

async function ask(path, headers = {}) {
  try {
    return await fetch(url + path, { signal: AbortSignal.timeout(5000), headers });
  } catch {
    return null;
  }
}

async function missing() {
  const ready = await ask('/readyz');
  if (!ready?.ok) return `/readyz ${ready ? `answers ${ready.status}` : 'does not answer'}`;
  const status = await ask('/admin/system', data ? key() : {});
  // Without the data folder nothing more can be asked.
  if (status?.status === 401 && !data) return null;
  if (!status?.ok) return `/admin/system ${status ? `answers ${status.status}` : 'does not answer'}`;
  const { demo } = await status.json();
  if (demo?.running) return `the demo hospital is at ${demo.loaded} of ${demo.planned}`;
  const session = demo && (await (await ask('/access/session'))?.json());
  return session?.signIn && !session.demoAccounts ? 'the demo hospital has no accounts yet' : null;
}

for (let reason = 'not asked yet'; ; ) {
  if (!alive()) fail('the process has ended');
  reason = await missing();
  if (reason === null) break;
  if (Date.now() > end) fail(`not ready after ${seconds} s: ${reason}`);
  await sleep(200);
}

function fail(reason) {
  console.error(`${url}: ${reason}`);
  process.exit(1);
}
