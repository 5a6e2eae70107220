import { queryOptions, useQuery } from '@tanstack/react-query';
import { patientName } from '../../fhir/display';
import { fhirSearch } from '../../fhir/client';
import { getJson, send } from '../../lib/http';
import type { Priority } from '../../monitoring/monitoring.api';
import type { Who } from '../../monitoring/AlertDialog';

const chunk = 50;

/** Name and birth date of patients, by id; asked for together. */
export function useWho(ids: string[]): { who: ReadonlyMap<string, Who>; failed: boolean } {
  const distinct = [...new Set(ids)].sort();
  const { data, isError } = useQuery({
    queryKey: ['fhir', 'Patient', 'who', distinct],
    queryFn: async ({ signal }) => {
      const who = new Map<string, Who>();
      for (let i = 0; i < distinct.length; i += chunk) {
        const page = await fhirSearch('Patient', { _id: distinct.slice(i, i + chunk).join(','), _count: chunk }, signal);
        for (const patient of page.resources) if (patient.id) who.set(patient.id, { name: patientName(patient), birthDate: patient.birthDate });
      }
      return who;
    },
    enabled: distinct.length > 0,
    staleTime: 300_000,
    placeholderData: (before) => before,
  });
  return { who: data ?? nobody, failed: isError };
}
const nobody: ReadonlyMap<string, Who> = new Map();

export interface BurdenRule {
  rule: string;
  title: string;
  priority: Priority;
  alerts: number;
  /** Null where nothing was monitored. */
  perBedDay: number | null;
  medianSecondsToAcknowledge: number | null;
  acknowledged: number;
  actedUpon: number;
  escalated: number;
}

export interface Burden {
  from: string;
  to: string;
  bedDays: number;
  rules: BurdenRule[];
}

export const burdenQuery = (days: number) =>
  queryOptions({
    queryKey: ['monitoring', 'burden', days],
    queryFn: ({ signal }) => getJson<Burden>(`/monitoring/burden?${new URLSearchParams({ from: new Date(Date.now() - days * 86_400_000).toISOString(), to: new Date().toISOString() }).toString()}`, signal),
    placeholderData: (before) => before,
  });

/** When a rule alerts: exactly one of metric, score, part, slope, missing, silent. */
export interface When {
  metric?: string;
  score?: string;
  part?: string;
  slope?: string;
  missing?: string;
  silent?: boolean;
  model?: string;
  atLeast?: number;
  atMost?: number;
  clear?: number;
  seconds?: number;
}

export interface Rule {
  name: string;
  title: string;
  priority: Priority;
  active: boolean;
  when: When;
  delaySeconds: number;
  rearmMinutes: number;
  suppressedBy: string[];
  escalation: { afterSeconds: number; to: string }[];
  source: string;
}

/** A rule with its version, which the server counts. */
export type StoredRule = Rule & { version?: number };

export const rulesQuery = queryOptions({ queryKey: ['monitoring', 'rules'], queryFn: ({ signal }) => getJson<StoredRule[]>('/monitoring/rules', signal) });
export const saveRule = (rule: Rule) => send<StoredRule | undefined>('PUT', `/monitoring/rules/${encodeURIComponent(rule.name)}`, rule);
