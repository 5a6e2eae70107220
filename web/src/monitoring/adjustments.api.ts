// What a physician changed of rules and scores for one patient.
import { queryOptions } from '@tanstack/react-query';
import { getJson, send } from '../lib/http';

export interface Adjustment {
  rule: string;
  /** In place of the rule's own limit. */
  threshold?: number | null;
  off?: boolean | null;
  reason: string;
  until: string;
}

export interface Adjustments {
  adjustments: Adjustment[];
  /** As it was set here; null leaves it to the record. */
  spo2Scale: 1 | 2 | null;
  /** As it was set here; null leaves it to what devices measure. */
  oxygen: boolean | null;
}

const path = (patient: string) => `/monitoring/patients/${encodeURIComponent(patient)}/adjustments`;

export const adjustmentsQuery = (patient: string) => queryOptions({ queryKey: ['monitoring', 'adjustments', patient], queryFn: ({ signal }) => getJson<Adjustments>(path(patient), signal) });

/** What is not named stays as it is. */
export const saveAdjustments = (patient: string, changed: Partial<Adjustments>) => send<Adjustments>('PUT', path(patient), changed);
