// What a changed rule comes to over stored samples, beside the rule as it is.
import { HttpError, postLines, problemsOf } from '../../lib/http';
import type { Rule } from './alerts.api';

export interface Caught {
  of: number;
  raised: number;
  /** From 0 to 1; null where there is none. */
  share: number | null;
}

export interface ReplayedBurden {
  alerts: number;
  perBedDay: number | null;
  /** How long an alert was open. */
  medianSeconds: number | null;
  patients: number;
  /** Of the alerts that people acted upon, those that are still raised in time. */
  actedUpon: Caught;
  outcomes: Caught & { medianMinutesBefore: number | null };
  allAlerts: number;
  allPerBedDay: number | null;
}

export interface ReplayedChange {
  /** Null where the caller may not see the patient. */
  patient: string | null;
  at: string;
  until: string | null;
  amount: number | null;
}

export interface Replayed {
  rule: string;
  from: string;
  to: string;
  patients: number;
  bedDays: number;
  samples: number;
  /** Of the alerts there were, those that the rule as it is raises again. */
  stored: Caught;
  before: ReplayedBurden;
  after: ReplayedBurden;
  goneCount: number;
  comeCount: number;
  gone: ReplayedChange[];
  come: ReplayedChange[];
}

type Line = { done?: number; result?: Replayed; failure?: unknown };

/** Nothing is changed by it. Tells how much is done, from 0 to 1; ends with the signal. */
export async function replayRule(rule: Rule, days: number, told: (done: number) => void, signal: AbortSignal): Promise<Replayed> {
  const url = `/monitoring/rules/${encodeURIComponent(rule.name)}/replay`;
  const to = Date.now();
  let last: Line = {};
  await postLines(
    url,
    { rule, from: new Date(to - days * 86_400_000).toISOString(), to: new Date(to).toISOString() },
    (value) => {
      last = value as Line;
      if (last.done !== undefined) told(last.done);
    },
    signal,
  );
  if (last.result) return last.result;
  throw new HttpError(last.failure ? 422 : 0, url, problemsOf(last.failure));
}
