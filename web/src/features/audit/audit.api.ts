import { queryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { getJson, getText, send } from '../../lib/http';

/** One line of the audit trail. */
export interface Entry {
  id: string | number;
  at: string;
  kind: string;
  action: string;
  outcome: string;
  actor?: string | null;
  actorName?: string | null;
  roles?: string[] | null;
  person?: string | null;
  client?: string | null;
  session?: string | null;
  address?: string | null;
  purpose?: string | null;
  /** The purpose, and why the record was opened in an emergency. */
  why?: string | null;
  type?: string | null;
  resourceId?: string | null;
  version?: number | null;
  patients?: string[] | null;
  query?: string | null;
  detail?: unknown;
  request?: string | null;
  /** The openings by break-glass under which it was done. */
  breakGlass?: string[];
}

export const filterNames = ['actor', 'patient', 'from', 'to', 'kind', 'type', 'id', 'outcome', 'text'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

const base = '/admin/access/audit';

export function trailPath(filters: Filters, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  for (const name of filterNames) if (filters[name]) query.set(name, filters[name]);
  for (const [name, value] of Object.entries(more)) if (value) query.set(name, value);
  const text = query.toString();
  return text ? `${base}?${text}` : base;
}

export const useTrail = (filters: Filters) =>
  useInfiniteQuery({
    queryKey: ['admin', 'audit', filters],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => getJson<{ entries: Entry[]; next?: string | null }>(trailPath(filters, { count: '100', cursor: pageParam }), signal),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
    // Each question is itself written into the trail: none is asked that nobody asked.
    refetchOnWindowFocus: false,
    retry: false,
  });

/** The most that one file holds. */
export const csvRows = 1000;
export const trailCsv = (filters: Filters) => getText(trailPath(filters, { count: String(csvRows) }), undefined, 'text/csv');

export interface Day {
  day: string;
  entries: number;
  sealedAt?: string | null;
  sealHash?: string | null;
  state: string;
}
export const daysQuery = queryOptions({ queryKey: ['admin', 'audit', 'days'], queryFn: ({ signal }) => getJson<Day[]>(`${base}/days`, signal), refetchOnWindowFocus: false });

export interface Verified {
  ok: boolean;
  checked: number;
  firstBad?: { id?: string | number | null; at?: string | null; reason: string } | null;
}
export const verify = (day?: string) => send<Verified>('POST', `${base}/verify`, day ? { day } : {});

/** GET /access/my-record/audit: who looked at one's own record. */
export interface Look {
  at: string;
  who: string;
  role?: string | null;
  why?: string | null;
  what?: string | null;
  kind: string;
  breakGlass?: boolean;
}

/** The beginning of a day of the browser's zone, or of one some days later: the server's "to" does not belong to the time any more. */
function startOf(day: string, later = 0): string {
  const time = new Date(`${day}T00:00:00`);
  time.setDate(time.getDate() + later);
  return Number.isNaN(time.getTime()) ? day : time.toISOString();
}

export const useLooks = (from: string, to: string) =>
  useInfiniteQuery({
    queryKey: ['access', 'my-record', from, to],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => getJson<{ entries: Look[]; next?: string | null }>(`/access/my-record/audit?${new URLSearchParams({ ...(from && { from: startOf(from) }), ...(to && { to: startOf(to, 1) }), ...(pageParam && { cursor: pageParam }) }).toString()}`, signal),
    getNextPageParam: (last) => last.next ?? undefined,
    refetchOnWindowFocus: false,
  });
