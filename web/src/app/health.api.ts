import { queryOptions, useQuery } from '@tanstack/react-query';
import { getJsonWhateverStatus } from '../lib/http';

interface Readiness {
  status?: string;
}

export type Health = { state: 'checking' | 'live' | 'degraded' | 'offline'; text: string };

const readiness = queryOptions({
  queryKey: ['readyz', 'status'],
  // A network that fell silent answers never: that is no connection too.
  queryFn: ({ signal }) => getJsonWhateverStatus<Readiness>('/readyz', AbortSignal.any([signal, AbortSignal.timeout(5_000)])),
  refetchInterval: 15_000,
  retry: 1,
});

/** Whether the server can serve the record right now, asked every 15 s while the page is visible. */
export function useHealth(): Health {
  const { data, isPending, isError } = useQuery(readiness);
  if (isPending) return { state: 'checking', text: 'Checking' };
  if (isError || !data) return { state: 'offline', text: 'No connection' };
  if (data.status >= 200 && data.status < 300) return { state: 'live', text: data.body?.status === 'degraded' ? 'Degraded' : 'Ready' };
  return { state: 'degraded', text: 'Not ready' };
}
