import { queryOptions } from '@tanstack/react-query';
import { getJson, getJsonWhateverStatus } from '../../lib/http';

/** GET /admin/system */
export interface SystemState {
  version: string;
  startedAt: string;
  uptimeSeconds: number;
  fhirVersion: string;
  /** lossySettings: settings of PostgreSQL that can lose what was acknowledged, such as fsync=off; empty when there is none. */
  database: { version: string; embedded: boolean; sizeBytes: number; lossySettings: string[] };
  counts: { type: string; count: number }[];
  total: number;
  feed: { head: number; consumers: { name: string; position: number; lag: number }[] };
  memoryBytes: number;
  demo: { running: boolean; loaded: number; planned: number } | null;
}

/** GET /readyz, which says the same with 200 and with 503. */
export interface Readiness {
  status: string;
  checks: Record<string, { status: string; description?: string }>;
}

// While the page is visible; TanStack Query pauses intervals in hidden tabs.
const every = 5_000;

export const systemQuery = queryOptions({
  queryKey: ['admin', 'system'],
  queryFn: ({ signal }) => getJson<SystemState>('/admin/system', signal),
  refetchInterval: every,
});

export const readinessQuery = queryOptions({
  queryKey: ['readyz', 'checks'],
  queryFn: async ({ signal }) => {
    const { status, body } = await getJsonWhateverStatus<Readiness>('/readyz', signal);
    return body ?? { status: `HTTP ${status}`, checks: {} };
  },
  refetchInterval: every,
});
