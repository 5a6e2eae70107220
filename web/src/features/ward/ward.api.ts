import { queryOptions } from '@tanstack/react-query';
import { getJson } from '../../lib/http';
import type { Alert, State } from '../../monitoring/monitoring.api';

export interface BedPatient {
  id: string;
  name: string;
  /** As it fits on a tile. */
  short: string;
  birthDate?: string | null;
  sex?: string | null;
}

export interface Bed {
  bed: { id: string; name: string };
  patient: BedPatient | null;
  state: State | null;
  alerts: Alert[];
}

export interface WardSnapshot {
  ward: { id: string; name: string };
  beds: Bed[];
}

// Beds change hands seldom; values come by the stream.
export const wardQuery = (id: string) =>
  queryOptions({
    queryKey: ['monitoring', 'ward', id],
    // A network that fell silent answers never: the wall then says so and asks again.
    queryFn: ({ signal }) => getJson<WardSnapshot>(`/monitoring/wards/${encodeURIComponent(id)}`, AbortSignal.any([signal, AbortSignal.timeout(20_000)])),
    refetchInterval: 30_000,
  });
