// Reading values, ranges and flags out of Observations and their components.
import { instantOf } from '../lib/dates';
import { formatValue } from '../lib/numbers';
import { formatConcept, missing } from './display';
import type { CodeableConcept, Observation, ObservationComponent, ObservationReferenceRange, Quantity } from './types.gen';

export const loinc = 'http://loinc.org';

/** UCUM codes that read better another way; the unit as recorded otherwise. */
const unitNames: Record<string, string> = { Cel: '°C', '[degF]': '°F', 'mm[Hg]': 'mmHg', '{beats}/min': '/min', '{breaths}/min': '/min', '{score}': '' };

export function unitOf(quantity: Quantity | undefined): string {
  const unit = quantity?.unit ?? quantity?.code ?? '';
  return unitNames[unit] ?? unitNames[quantity?.code ?? ''] ?? unit;
}

export function formatQuantity(quantity: Quantity | undefined): string {
  if (quantity?.value === undefined) return missing;
  const unit = unitOf(quantity);
  const glue = unit === '' || unit === '%' ? '' : ' ';
  return `${quantity.comparator ?? ''}${formatValue(quantity.value)}${glue}${unit}`;
}

type Valued = Pick<Observation, Extract<keyof Observation, `value${string}`> | 'dataAbsentReason'>;

/** The value as text, whatever its type; "–" with the stated reason when it is absent. */
export function formatObservationValue(item: Valued): string {
  if (item.valueQuantity) return formatQuantity(item.valueQuantity);
  if (item.valueCodeableConcept) return formatConcept(item.valueCodeableConcept);
  if (item.valueString !== undefined) return item.valueString;
  if (item.valueInteger !== undefined) return String(item.valueInteger);
  if (item.valueBoolean !== undefined) return item.valueBoolean ? 'Yes' : 'No';
  if (item.valueRange) return `${formatQuantity(item.valueRange.low)} to ${formatQuantity(item.valueRange.high)}`;
  if (item.valueRatio) return `${formatQuantity(item.valueRatio.numerator)} / ${formatQuantity(item.valueRatio.denominator)}`;
  if (item.valueDateTime ?? item.valueTime) return (item.valueDateTime ?? item.valueTime)!;
  if (item.dataAbsentReason) return `${missing} (${formatConcept(item.dataAbsentReason)})`;
  return missing;
}

/** When the observation is true of the patient; falls back to when it was issued. Undefined if neither is known. */
export const timeOf = (o: Observation): number | undefined =>
  instantOf(o.effectiveDateTime ?? o.effectivePeriod?.end ?? o.effectivePeriod?.start ?? o.effectiveInstant ?? o.issued);

export const isEnteredInError = (o: { status?: string }): boolean => o.status === 'entered-in-error';

/** `system|code` of the first coding, or the text: what observations of one kind share. */
export function codeKey(code: CodeableConcept): string {
  const coding = code.coding?.[0];
  return coding?.code ? `${coding.system ?? ''}|${coding.code}` : (code.text ?? '');
}

export const hasCode = (code: CodeableConcept, codes: readonly string[]): boolean =>
  code.coding?.some((c) => c.code !== undefined && codes.includes(c.code) && (c.system === undefined || c.system === loinc)) ?? false;

/** The normal reference range, the first without a type or of type normal. */
export const normalRange = (ranges: ObservationReferenceRange[] | undefined): ObservationReferenceRange | undefined =>
  ranges?.find((r) => !r.type || r.type.coding?.some((c) => c.code === 'normal'));

export function formatRange(range: ObservationReferenceRange | undefined): string {
  if (!range) return missing;
  const [low, high] = [range.low?.value, range.high?.value];
  if (low !== undefined && high !== undefined) return `${formatValue(low)}–${formatValue(high)}`;
  if (low !== undefined) return `≥ ${formatValue(low)}`;
  if (high !== undefined) return `≤ ${formatValue(high)}`;
  return range.text ?? missing;
}

export type Flag = 'critical-high' | 'high' | 'low' | 'critical-low' | 'abnormal' | 'normal';
const flagCodes: Record<string, Flag> = {
  HH: 'critical-high', HU: 'critical-high', H: 'high', '>': 'high', L: 'low', '<': 'low', LL: 'critical-low', LU: 'critical-low',
  A: 'abnormal', AA: 'abnormal', POS: 'abnormal', N: 'normal', NEG: 'normal',
};

type Flagged = Pick<Observation | ObservationComponent, 'interpretation' | 'referenceRange' | 'valueQuantity'>;

/** The laboratory's own interpretation if it gave one, else the comparison with its reference range; undefined when neither exists. */
export function flagOf(item: Flagged): Flag | undefined {
  const code = item.interpretation?.flatMap((i) => i.coding ?? []).find((c) => c.code && flagCodes[c.code])?.code;
  if (code) return flagCodes[code];
  const range = normalRange(item.referenceRange);
  const value = item.valueQuantity?.value;
  if (!range || value === undefined || !comparable(item.valueQuantity, range.low ?? range.high)) return undefined;
  if (range.low?.value !== undefined && value < range.low.value) return 'low';
  if (range.high?.value !== undefined && value > range.high.value) return 'high';
  return 'normal';
}

const comparable = (a: Quantity | undefined, b: Quantity | undefined): boolean => {
  const unit = (q: Quantity | undefined) => q?.code ?? q?.unit;
  return unit(b) === undefined || unit(a) === unit(b) || a?.unit === b?.unit;
};
