// A rule as a form holds it, and as a sentence says it.
import { formatLength } from '../../lib/dates';
import type { Priority } from '../../monitoring/monitoring.api';
import type { Rule, When } from './alerts.api';

export const kinds = {
  metric: { label: 'A measured value', words: '' },
  score: { label: 'A score', words: '' },
  part: { label: 'One parameter of a score', words: 'points of one parameter of ' },
  slope: { label: 'A change within an hour', words: 'change within an hour of ' },
  missing: { label: 'A value that does not come', words: '' },
  silent: { label: 'No device sends anything', words: '' },
  model: { label: 'What a model says', words: 'the model ' },
} as const;
export type Kind = keyof typeof kinds;

export const scores = ['news2', 'qsofa', 'sirs', 'sofa', 'shock-index', 'map', 'pulse-pressure'];
export const metrics = [
  'heart-rate', 'pulse-rate', 'respiratory-rate', 'oxygen-saturation', 'systolic', 'diastolic', 'mean-pressure', 'arterial-systolic', 'arterial-diastolic', 'arterial-mean',
  'temperature', 'end-tidal-co2', 'inspired-oxygen', 'oxygen-flow', 'consciousness', 'coma-score', 'urine-output',
];
export const roles = ['nurse', 'charge-nurse', 'physician'];

/** Figures stay text until they are sent: an empty field is not a zero. */
export interface Draft {
  name: string;
  title: string;
  priority: Priority;
  active: boolean;
  kind: Kind;
  of: string;
  side: 'atLeast' | 'atMost';
  limit: string;
  clear: string;
  seconds: string;
  delaySeconds: string;
  rearmMinutes: string;
  suppressedBy: string;
  escalation: { afterSeconds: string; to: string }[];
  source: string;
}

export const kindOf = (when: When): Kind => (Object.keys(kinds) as Kind[]).find((kind) => when[kind] !== undefined && when[kind] !== null) ?? 'metric';
const text = (value: number | null | undefined) => (value === undefined || value === null ? '' : String(value));

export function draftOf(rule: Rule | undefined): Draft {
  const when = rule?.when ?? {};
  const kind = kindOf(when);
  return {
    name: rule?.name ?? '',
    title: rule?.title ?? '',
    priority: rule?.priority ?? 'low',
    active: rule?.active ?? true,
    kind,
    of: kind === 'silent' ? '' : (when[kind] ?? metrics[0]!),
    side: text(when.atMost) === '' ? 'atLeast' : 'atMost',
    limit: text(when.atLeast ?? when.atMost),
    clear: text(when.clear),
    seconds: text(when.seconds),
    delaySeconds: text(rule?.delaySeconds ?? 0),
    rearmMinutes: text(rule?.rearmMinutes ?? 10),
    suppressedBy: rule?.suppressedBy?.join(' ') ?? '',
    escalation: (rule?.escalation ?? []).map((step) => ({ afterSeconds: String(step.afterSeconds), to: step.to })),
    source: rule?.source ?? '',
  };
}

const number = (value: string) => (value.trim() === '' ? undefined : Number(value));

/** As it is sent: only what belongs to the kind of trigger. */
export function ruleOf(draft: Draft): Rule {
  const ofTime = draft.kind === 'missing' || draft.kind === 'silent';
  return {
    name: draft.name.trim(),
    title: draft.title.trim(),
    priority: draft.priority,
    active: draft.active,
    when: { [draft.kind]: draft.kind === 'silent' ? true : draft.of, ...(ofTime ? { seconds: number(draft.seconds) } : { [draft.side]: number(draft.limit), clear: number(draft.clear) }) },
    delaySeconds: number(draft.delaySeconds) ?? 0,
    rearmMinutes: number(draft.rearmMinutes) ?? 0,
    suppressedBy: draft.suppressedBy.split(/[\s,]+/).filter(Boolean),
    escalation: draft.escalation.map((step) => ({ afterSeconds: number(step.afterSeconds) ?? 0, to: step.to })),
    source: draft.source.trim(),
  };
}

/** `news2 at least 7, over at 6`. */
export function whenText(when: When): string {
  const kind = kindOf(when);
  if (kind === 'silent') return `no device sends anything for ${formatLength((when.seconds ?? 0) * 1_000)}`;
  if (kind === 'missing') return `no ${when.missing} for ${formatLength((when.seconds ?? 0) * 1_000)}`;
  const limit = text(when.atMost) === '' ? `at least ${text(when.atLeast)}` : `at most ${text(when.atMost)}`;
  return `${kinds[kind].words}${when[kind]} ${limit}${text(when.clear) === '' ? '' : `, over at ${text(when.clear)}`}`;
}

export const escalationText = (rule: Rule): string => (rule.escalation ?? []).map((step) => `${step.to} after ${formatLength(step.afterSeconds * 1_000)}`).join(', then ') || 'nobody else';
