// A network between the browser and Salus that can be cut, or fall silent without a word, as a switch without power does.
import { connect, createServer } from 'node:net';

export async function network(base) {
  const target = new URL(base);
  const sockets = new Set();
  let state = 'on';
  const server = createServer((client) => {
    if (state === 'cut') return client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      // Swallowed, not paused: a paused one would be told all of it later.
      from.on('data', (data) => state === 'on' && to.write(data));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const end = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://${target.hostname}:${server.address().port}`,
    /** Every connection ends, and no new one is taken. */
    cut: () => {
      state = 'cut';
      end();
    },
    /** Connections seem to stand, and nothing comes through. */
    silence: () => (state = 'silent'),
    mend: () => {
      // What was silent lost bytes: such a connection is no good any more.
      end();
      state = 'on';
    },
    close: () => {
      end();
      server.close();
    },
  };
}
