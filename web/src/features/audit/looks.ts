// What a patient reads of the trail: who looked on which day, and at what, in words instead of types.
import { formatDate, formatTime, instantOf } from '../../lib/dates';
import type { Look } from './audit.api';
import { kindWords } from './words';

/** All that one person did in one day for one reason, newest first. */
export interface Visit {
  key: string;
  who: string;
  role?: string | null;
  why?: string | null;
  breakGlass: boolean;
  /** `15-Nov-1976 08:05 to 09:10` in the browser's zone. */
  when: string;
  what: string[];
  times: number;
}

const seen: Record<string, string> = {
  AllergyIntolerance: 'allergies',
  CarePlan: 'care plans',
  CareTeam: 'care team',
  Condition: 'problems',
  Consent: 'consents',
  Device: 'devices',
  DiagnosticReport: 'reports',
  DocumentReference: 'documents',
  Encounter: 'stays and visits',
  Flag: 'warnings',
  Immunization: 'immunizations',
  MedicationAdministration: 'medications',
  MedicationRequest: 'medications',
  Observation: 'measurements and results',
  Patient: 'name and address',
  Procedure: 'procedures',
};

function words(look: Look): string {
  const type = look.what?.split('/')[0];
  const thing = type ? (seen[type] ?? type) : undefined;
  if (look.kind === 'read' || look.kind === 'search' || look.kind === 'versionRead' || look.kind === 'history') return thing ?? 'several parts';
  if (look.kind === 'breakGlass') return kindWords(look.kind);
  return [kindWords(look.kind), thing].filter(Boolean).join(': ');
}

/** Looks of one person, day and reason become one line; they come newest first and stay so. */
export function visits(looks: Look[]): Visit[] {
  const found = new Map<string, { visit: Visit; first: number; last: number }>();
  for (const look of looks) {
    const at = instantOf(look.at) ?? 0;
    const key = [formatDate(at), look.who, look.role, look.why, look.breakGlass].join('|');
    const group = found.get(key) ?? { visit: { key, who: look.who, role: look.role, why: look.why, breakGlass: !!look.breakGlass, when: '', what: [], times: 0 }, first: at, last: at };
    found.set(key, group);
    group.first = Math.min(group.first, at);
    group.last = Math.max(group.last, at);
    group.visit.times++;
    const what = words(look);
    if (!group.visit.what.includes(what)) group.visit.what.push(what);
  }
  return [...found.values()].map(({ visit, first, last }) => {
    const [from, to] = [formatTime(first), formatTime(last)];
    return { ...visit, when: `${formatDate(first)} ${from}${to === from ? '' : ` to ${to}`}` };
  });
}
