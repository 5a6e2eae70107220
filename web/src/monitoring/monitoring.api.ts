// What the server knows of monitored patients: states, scores, alerts. Times are ISO 8601, values in the unit beside them.
import { queryOptions } from '@tanstack/react-query';
import { getJson, send } from '../lib/http';

export interface Reading {
  metric: string;
  display: string;
  /** UCUM. */
  unit: string;
  value: number;
  time: string;
  /** Too old to count in a score. */
  stale: boolean;
  flags: string[];
  /** Trend of the last hour, in the unit for an hour. */
  slope?: number | null;
  device?: string;
}

export interface ScorePart {
  name: string;
  points?: number | null;
  value?: number | null;
  time?: string | null;
  /** Why it has no points: missing, stale, implausible. */
  why?: string | null;
}

export interface Score {
  name: string;
  value?: number | null;
  complete: boolean;
  level?: string | null;
  note?: string | null;
  parts: ScorePart[];
}

/** What a model said of the patient, with its version and what it rests on. */
export interface ModelScore {
  name: string;
  version: string;
  value: number;
  time: string;
  validUntil: string;
  /** It counts no more: rules neither begin nor end by it. */
  stale: boolean;
  explanation?: string | null;
  inputs: { name: string; value?: number | null; unit?: string | null; time?: string | null; contribution?: number | null }[];
}

export interface State {
  patient: string;
  at: string;
  readings: Reading[];
  scores: Score[];
  models?: ModelScore[];
  /** A score of each of the last whole hours, oldest first; null for an hour of which nothing is known. */
  trend?: { score: string; until: string; values: (number | null)[] } | null;
  seq?: number;
}

export const priorities = ['high', 'medium', 'low'] as const;
export type Priority = (typeof priorities)[number];
export type AlertStatus = 'raised' | 'delivered' | 'acknowledged' | 'escalated' | 'resolved';

export interface Alert {
  id: string;
  patient: string;
  rule: string;
  title: string;
  priority: Priority;
  status: AlertStatus;
  raisedAt: string;
  deliveredAt?: string | null;
  acknowledgedAt?: string | null;
  acknowledgedBy?: string | null;
  reason?: string | null;
  escalatedAt?: string | null;
  escalatedTo?: string | null;
  resolvedAt?: string | null;
  resolvedBy?: string | null;
  snoozedUntil?: string | null;
  why: { text: string; values?: { metric: string; value: number | null; unit?: string | null; time?: string | null; points?: number | null }[]; ruleVersion: number; model?: { name: string; version: string; explanation?: string | null } };
  /** Greater with every change of any alert. */
  seq?: number;
}

export interface Ward {
  id: string;
  name: string;
  beds: number;
}

export const wardsQuery = queryOptions({ queryKey: ['monitoring', 'wards'], queryFn: ({ signal }) => getJson<Ward[]>('/monitoring/wards', signal) });

export const isOpen = (alert: Alert): boolean => alert.status !== 'resolved';

/** Whether somebody still has to look: nobody acknowledged it, or it was passed on after that, and it is not asleep. */
export function isWaiting(alert: Alert, now: number): boolean {
  return isOpen(alert) && alert.status !== 'acknowledged' && !(alert.snoozedUntil && Date.parse(alert.snoozedUntil) > now);
}

const rank = (alert: Alert) => priorities.indexOf(alert.priority);

/** High before medium before low; who waits before who was seen; the older first. */
export const byUrgency = (now: number) => (a: Alert, b: Alert) => Number(isWaiting(b, now)) - Number(isWaiting(a, now)) || rank(a) - rank(b) || Date.parse(a.raisedAt) - Date.parse(b.raisedAt);

/** A list with an alert as it is now; what is older than what the list has is dropped. */
export function withAlert(list: Alert[], alert: Alert): Alert[] {
  const at = list.findIndex((known) => known.id === alert.id);
  if (at < 0) return [alert, ...list];
  return (list[at]!.seq ?? -1) > (alert.seq ?? Infinity) ? list : list.with(at, alert);
}

export type AlertAct = 'acknowledge' | 'escalate' | 'snooze' | 'resolve';

export const actOnAlert = (id: string, act: AlertAct, body: { reason: string; minutes?: number }) => send<Alert | undefined>('POST', `/monitoring/alerts/${encodeURIComponent(id)}/${act}`, body);

export interface AlertFilter {
  status: 'open' | 'all';
  patient?: string;
  ward?: string;
  from?: string;
  to?: string;
  count?: number;
}

export const alertsQuery = (filter: AlertFilter) =>
  queryOptions({
    queryKey: ['monitoring', 'alerts', filter],
    queryFn: ({ signal }) => getJson<Alert[]>(`/monitoring/alerts?${new URLSearchParams(Object.entries(filter).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]))).toString()}`, signal),
  });

export interface PatientMonitor {
  state: State | null;
  alerts: Alert[];
}

export const patientMonitorQuery = (id: string) => queryOptions({ queryKey: ['monitoring', 'patient', id], queryFn: ({ signal }) => getJson<PatientMonitor>(`/monitoring/patients/${encodeURIComponent(id)}`, signal) });

/** The later of two. Nothing never wins over values: it is of a moment before the first. */
export const newerState = (a: State | null | undefined, b: State | null): State | null => (a && (!b || Date.parse(a.at) > Date.parse(b.at)) ? a : b);
