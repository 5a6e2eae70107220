// A Salus of the test's own (SALUS_PROGRAM), which it may stop and start again.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './ward.mjs';

const freePort = () =>
  new Promise((found) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

/** An empty record without sign-in; `stop` keeps it until this process ends. */
export async function startServer() {
  // Below /tmp and open to pass through: PostgreSQL runs as another account when Salus is root.
  const folder = mkdtempSync('/tmp/salus-restart-');
  chmodSync(folder, 0o755);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let program;
  const log = openSync(join(folder, 'log'), 'a');
  const ended = () => program.exitCode !== null || program.signalCode !== null;
  const ready = async () => {
    if (ended()) throw new Error(`Salus ended with ${program.exitCode ?? program.signalCode}.`);
    return fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
  };
  const server = {
    url,
    start: async () => {
      program = spawn(process.env.SALUS_PROGRAM, ['serve', '--no-demo', '--no-sign-in', '--data', join(folder, 'data'), '--port', String(port)], { stdio: ['ignore', log, log] });
      await until(ready, 'Salus is ready');
    },
    stop: async () => {
      if (!ended()) {
        const exit = new Promise((done) => program.once('exit', done));
        program.kill('SIGTERM');
        await exit;
      }
    },
  };
  process.once('exit', () => {
    if (!ended()) program.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  return server;
}
