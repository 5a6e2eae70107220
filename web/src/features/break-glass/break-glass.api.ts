// Emergency access ("break-glass"): a record that one is not allowed to see, opened for a limited time and for a reason.
import { queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { fhirRead } from '../../fhir/client';
import { getJson, send } from '../../lib/http';

export interface Opened {
  id: string;
  patient: string;
  until: string;
}

export const openRecord = (body: { patient: string; reason: string; minutes?: number }) => send<Opened>('POST', '/access/break-glass', body);

export const endAccess = (id: string) => send('DELETE', `/access/break-glass/${encodeURIComponent(id)}`);

/** What was opened in an emergency, as GET /admin/access/break-glass lists it. */
export interface Review {
  id: string;
  user: { id: string; name: string; roles: string[] };
  patient: string;
  reason: string;
  startedAt: string;
  until: string;
  endedAt?: string | null;
  /** Entries of the audit trail that it led to, where the server counts them. */
  accesses?: number;
  verdict?: Verdict | null;
  comment?: string | null;
  judgedBy?: string | null;
  judgedAt?: string | null;
}

export type Verdict = 'justified' | 'unjustified' | 'unclear';
export type ReviewState = 'open' | 'judged';

export const useReviews = (state: ReviewState) =>
  useInfiniteQuery({
    queryKey: ['admin', 'break-glass', state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => getJson<{ items: Review[]; next?: string | null }>(`/admin/access/break-glass?${new URLSearchParams({ state, count: '50', ...(pageParam && { cursor: pageParam }) }).toString()}`, signal),
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 30_000,
  });

export const judge = (id: string, body: { verdict: Verdict; comment: string }) => send('POST', `/admin/access/break-glass/${encodeURIComponent(id)}/verdict`, body);

interface Notices {
  openReviews: number;
  active: number;
}

/** What waits for the privacy officer, asked every 10 s while the page is visible. */
export const useNotices = (enabled: boolean) =>
  useQuery({ queryKey: ['admin', 'notices'], queryFn: ({ signal }) => getJson<Notices>('/admin/access/notices', signal), refetchInterval: 10_000, enabled });

/** The same key as the chart's, so that a patient who is on the screen is not asked for again. */
export const patientOf = (id: string) => queryOptions({ queryKey: ['fhir', 'Patient', id], queryFn: ({ signal }) => fhirRead('Patient', id, signal), retry: false, enabled: id !== '' });

/** `Patient/1` or `1`, as the id alone. */
export const patientId = (reference: string): string => reference.replace(/^.*Patient\//, '');

export const reasons = [
  'Emergency: the patient needs treatment now',
  'I cover for a colleague who is not here',
  'Consultation: a colleague asked for my advice',
  'The patient asked me to look',
  'Another reason',
];
