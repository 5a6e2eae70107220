import { useEffect, useRef, useState } from 'react';
import type { Alert, State } from './monitoring.api';
import { listen, type Connection } from './liveStream';

interface Handlers {
  state?: (state: State) => void;
  alert?: (alert: Alert) => void;
  stale: () => void;
}

/** Listens to `/monitoring/events?…` while it is on the screen; undefined listens to nothing. */
export function useLive(question: { ward: string } | { patient: string } | undefined, handlers: Handlers): Connection | undefined {
  const [connection, setConnection] = useState<Connection>();
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const query = question && new URLSearchParams(question).toString();
  useEffect(() => {
    if (query === undefined) return;
    const end = listen(`/monitoring/events?${query}`, {
      event: (name, data) => (name === 'state' ? latest.current.state?.(data as State) : latest.current.alert?.(data as Alert)),
      connection: setConnection,
      stale: () => latest.current.stale(),
    });
    return () => {
      end();
      setConnection(undefined);
    };
  }, [query]);
  return connection;
}
