// How FHIR datatypes read on a screen. Everything missing is an en dash, never an empty cell or a zero.
import { formatDate, formatDateTime } from '../lib/dates';
import { groupDigits } from '../lib/numbers';
import type { Annotation, CodeableConcept, Coding, HumanName, Identifier, Patient, Period, Reference, Timing } from './types.gen';

export const missing = '–';

const namePreference = ['official', 'usual', undefined, 'nickname', 'anonymous', 'maiden', 'old', 'temp'];

/** The name to show: a current one, official before usual; undefined when there is none. */
export function preferredName(names: HumanName[] | undefined): HumanName | undefined {
  const rank = (name: HumanName) => namePreference.indexOf(name.use) + (name.period?.end ? 100 : 0);
  return [...(names ?? [])].filter((n) => n.family || n.given?.length || n.text).sort((a, b) => rank(a) - rank(b))[0];
}

/** `FAMILY, Given (Title)`: the family name in capitals so that it can't be taken for the given one. */
export function formatName(name: HumanName | undefined): string {
  if (!name) return 'Name not recorded';
  if (!name.family && !name.given?.length) return name.text ?? 'Name not recorded';
  const title = name.prefix?.length ? ` (${name.prefix.join(' ')})` : '';
  return [name.family?.toLocaleUpperCase(), name.given?.join(' ')].filter(Boolean).join(', ') + title;
}

export const patientName = (patient: Patient): string => formatName(preferredName(patient.name));

const sexes = { male: 'Male', female: 'Female', other: 'Other', unknown: 'Unknown' };
export const formatSex = (gender: Patient['gender']): string => (gender ? sexes[gender] : missing);

const identifierType = (identifier: Identifier) => identifier.type?.coding?.[0]?.code;

/** Identifiers a person would be asked for, the medical record number first, the social security number late. Universal ids (UUID) come last. */
export function rankedIdentifiers(identifiers: Identifier[] | undefined): Identifier[] {
  const order = ['MR', 'PI', '', 'DL', 'PPN', 'SS'];
  const rank = (identifier: Identifier) => {
    const place = order.indexOf(identifierType(identifier) ?? '');
    return (place < 0 ? 2 : place) + (/^[0-9a-f-]{36}$/i.test(identifier.value ?? '') ? 20 : 0);
  };
  return [...(identifiers ?? [])].filter((i) => i.value && i.use !== 'old').sort((a, b) => rank(a) - rank(b));
}

const identifierLabels: Record<string, string> = { MR: 'MRN', PI: 'Patient no.', SS: 'SSN', DL: 'Licence', PPN: 'Passport' };

export function identifierLabel(identifier: Identifier): string {
  const code = identifierType(identifier);
  return (code && identifierLabels[code]) ?? identifier.type?.text ?? identifier.type?.coding?.[0]?.display ?? 'ID';
}

/** In groups; of a social security number only the last four digits: a list is read over shoulders. */
export function formatIdentifier(identifier: Identifier): string {
  if (identifierType(identifier) === 'SS' && identifier.value) return `···-··-${identifier.value.slice(-4)}`;
  return groupDigits(identifier.value ?? missing);
}

/** The text of a concept: its own text, else the first coding that has a display, else the bare code. */
export function formatConcept(concept: CodeableConcept | undefined): string {
  if (!concept) return missing;
  const coding = concept.coding?.find((c) => c.display) ?? concept.coding?.[0];
  return concept.text ?? formatCoding(coding);
}

export const formatCoding = (coding: Coding | undefined): string => coding?.display ?? coding?.code ?? missing;

export const formatConcepts = (concepts: CodeableConcept[] | undefined): string =>
  concepts?.length ? concepts.map(formatConcept).join(', ') : missing;

/** `Dr N. Osei`, or the bare `Practitioner/12` when the reference carries no display. */
export function formatReference(reference: Reference | undefined): string {
  if (!reference) return missing;
  return reference.display ?? reference.identifier?.value ?? shortReference(reference.reference) ?? missing;
}

function shortReference(reference: string | undefined): string | undefined {
  const match = /([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(reference ?? '');
  if (!match) return reference;
  return match[2]!.length > 12 ? `${match[1]} ${match[2]!.slice(0, 8)}…` : `${match[1]} ${match[2]}`;
}

export function formatPeriod(period: Period | undefined): string {
  if (!period?.start && !period?.end) return missing;
  return `${formatDateTime(period.start)} → ${period.end ? formatDateTime(period.end) : 'ongoing'}`;
}

/** The date in whichever of onset[x], performed[x], occurrence[x] ... a resource carries. */
export function formatWhen(when: { dateTime?: string; period?: Period; text?: string }): string {
  if (when.dateTime) return formatDate(when.dateTime);
  if (when.period?.start) return formatDate(when.period.start);
  return when.text ?? missing;
}

export const formatNotes = (notes: Annotation[] | undefined): string => notes?.map((n) => n.text).join(' ') || '';

/** `every 8 h`, `3 × per 1 d`: only what the timing states; a timing code or text comes first. */
export function formatTiming(timing: Timing | undefined): string {
  if (timing?.code) return formatConcept(timing.code);
  const repeat = timing?.repeat;
  if (!repeat?.period || !repeat.periodUnit) return '';
  const each = `${repeat.period === 1 ? '' : `${repeat.period} `}${repeat.periodUnit}`;
  return (repeat.frequency ?? 1) === 1 ? `every ${each}` : `${repeat.frequency} × per ${each}`;
}
