// Readings of one patient arranged for display: a lane per vital sign, blood pressure as one lane of two lines.
import { formatConcept } from '../../fhir/display';
import { codeKey } from '../../fhir/observations';
import type { Observation } from '../../fhir/types.gen';
import { readingsOf, vitalSigns, type Reading, type VitalSign } from './vitals';

export interface Lane {
  key: string;
  name: string;
  /** The sign whose band is drawn; for blood pressure the systolic one. */
  sign?: VitalSign;
  series: { label: string; readings: Reading[] }[];
}

const signOf = (key: string) => vitalSigns.find((sign) => sign.key === key)!;
const order = ['hr', 'rr', 'spo2', 'bp', 'temp', 'weight', 'height', 'bmi'];

/** Known lanes in a fixed order (empty ones too), then whatever else the category holds, by name. */
export function lanesOf(observations: Observation[]): Lane[] {
  const known = order.map((key): Lane => {
    if (key !== 'bp') return lane(signOf(key), observations);
    const [systolic, diastolic] = [signOf('sbp'), signOf('dbp')];
    return {
      key,
      name: 'Blood pressure',
      sign: systolic,
      series: [systolic, diastolic].map((sign) => ({ label: sign.short, readings: readingsOf(observations, sign.codes) })),
    };
  });
  return [...known, ...otherLanes(observations)];
}

function lane(sign: VitalSign, observations: Observation[]): Lane {
  return { key: sign.key, name: sign.name, sign, series: [{ label: sign.short, readings: readingsOf(observations, sign.codes) }] };
}

function otherLanes(observations: Observation[]): Lane[] {
  const knownCodes = new Set(vitalSigns.flatMap((sign) => [...sign.codes, ...sign.searchCodes]));
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    if (observation.code.coding?.some((c) => c.code && knownCodes.has(c.code)) || observation.component) continue;
    const key = codeKey(observation.code);
    const group = groups.get(key);
    if (group) group.push(observation);
    else groups.set(key, [observation]);
  }
  return [...groups]
    .map(([key, group]) => {
      const code = group[0]!.code.coding?.[0]?.code;
      const name = formatConcept(group[0]!.code);
      return { key, name, series: [{ label: name, readings: code ? readingsOf(group, [code]) : [] }] };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The unit most readings carry; others can't be drawn on the same axis. */
export function commonUnit(readings: Reading[]): string {
  const counts = new Map<string, number>();
  for (const reading of readings) counts.set(reading.unit, (counts.get(reading.unit) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

export const isDrawable = (reading: Reading, unit: string): reading is Reading & { value: number } => reading.value !== undefined && !reading.inError && reading.unit === unit;
