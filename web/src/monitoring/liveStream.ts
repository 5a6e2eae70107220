// Server-sent events of a ward or a patient. The browser resumes by Last-Event-ID by itself; what it gives up is begun anew here.

export interface Connection {
  state: 'connecting' | 'live' | 'down';
  /** Milliseconds since 1970 when it came into this state. */
  since: number;
}

export interface Listener {
  /** Data of an event, parsed. */
  event: (name: 'state' | 'alert', data: unknown) => void;
  connection: (connection: Connection) => void;
  /** What was shown may lack something: ask for everything again. */
  stale: () => void;
}

/** The server says something every 4 s at least. A network can fall silent without an error; then the page is not live, whatever the browser believes. */
const silence = 10_000;
const pauses = [1_000, 2_000, 5_000, 10_000, 30_000];

/** Listens until the returned function is called. */
export function listen(path: string, on: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let state: Connection['state'] | undefined;
  const become = (next: Connection['state']) => {
    if (next === state) return;
    state = next;
    on.connection({ state, since: Date.now() });
  };
  const again = (pause: number) => {
    clearTimeout(watch);
    source?.close();
    become('down');
    timer = setTimeout(begin, pause);
  };
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => again(0), silence);
  };
  const begin = () => {
    source = new EventSource(path);
    heard();
    source.onopen = () => {
      tries = 0;
      heard();
      become('live');
      // A stream tells what changed since; who lies where, and what was between the last question and a new stream, is in neither.
      on.stale();
    };
    source.onerror = () => {
      become('down');
      if (source?.readyState !== EventSource.CLOSED) return;
      // Refused (signed out, not allowed, away): the browser does not try again. The question says why in words that the page shows.
      on.stale();
      again(pauses[Math.min(tries++, pauses.length - 1)]!);
    };
    for (const name of ['state', 'alert'] as const)
      source.addEventListener(name, (event: MessageEvent<string>) => {
        heard();
        on.event(name, JSON.parse(event.data));
      });
    source.addEventListener('beat', heard);
    source.addEventListener('reset', () => on.stale());
  };
  become('connecting');
  begin();
  return () => {
    clearTimeout(timer);
    clearTimeout(watch);
    source?.close();
  };
}
