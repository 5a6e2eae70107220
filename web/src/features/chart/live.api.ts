import { queryOptions } from '@tanstack/react-query';
import { getJson } from '../../lib/http';
import type { TimeRange } from '../../ui/TimeChart';

export type Resolution = 'raw' | 'minute' | 'hour';

/** GET /telemetry/{patient}: raw points are [ms, value, flags], those of minutes and hours [ms, min, max, mean, count, last]. */
export interface History {
  patient: string;
  metric: string;
  unit: string;
  resolution: Resolution;
  series: { device: string; points: number[][] }[];
}

/** A day in minutes, and a little more: what the chart opens with. */
const points = 1500;

export const historyQuery = (patient: string, metric: string, [from, to]: TimeRange) =>
  queryOptions({
    queryKey: ['monitoring', 'history', patient, metric, from, to],
    queryFn: ({ signal }) => getJson<History>(`/telemetry/${encodeURIComponent(patient)}?${new URLSearchParams({ metric, from: new Date(from).toISOString(), to: new Date(to).toISOString(), resolution: 'auto', points: String(points) }).toString()}`, signal),
    placeholderData: (before) => before,
  });
