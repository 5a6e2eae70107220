// Waits until a Salus answers /readyz and has finished its demo hospital: node eng/wait-ready.mjs URL PID SECONDS.
// Exits 1 with a line that says why when the process ends or the time is over.
import { setTimeout as sleep } from 'node:timers/promises';

const [url, pid, seconds] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;

function alive() {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

async function ask(path) {
  try {
    return await fetch(url + path, { signal: AbortSignal.timeout(5000) });
  } catch {
    return null;
  }
}

async function missing() {
  const ready = await ask('/readyz');
  if (!ready?.ok) return `/readyz ${ready ? `answers ${ready.status}` : 'does not answer'}`;
  const status = await ask('/admin/system');
  if (!status?.ok) return `/admin/system ${status ? `answers ${status.status}` : 'does not answer'}`;
  const { demo } = await status.json();
  return demo?.running ? `the demo hospital is at ${demo.loaded} of ${demo.planned}` : null;
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
