// The vital signs the chart knows, and how readings are taken out of Observations.
import { yearsBetween } from '../../lib/dates';
import { flagOf, formatObservationValue, hasCode, isEnteredInError, timeOf, unitOf, type Flag } from '../../fhir/observations';
import type { Observation, ObservationComponent, Quantity } from '../../fhir/types.gen';

/** Inclusive limits; an absent one is open. */
export interface Band {
  low?: number;
  high?: number;
}

export interface VitalSign {
  key: string;
  name: string;
  short: string;
  /** LOINC codes of the observation or of a component of a panel. */
  codes: readonly string[];
  /** LOINC codes to search by: the panel too, where the sign is a component. */
  searchCodes: readonly string[];
  /**
   * Values that score 0 in NEWS2, for patients of 16 years and over.
   * Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017, Chart 1.
   */
  news2Zero?: Band & { unit: string };
  /** Measured continually during a stay, so an old reading is worth a warning. */
  bedside: boolean;
}

const bpPanels = ['85354-9', '55284-4'];

export const vitalSigns: readonly VitalSign[] = [
  { key: 'hr', name: 'Heart rate', short: 'HR', codes: ['8867-4'], searchCodes: ['8867-4'], news2Zero: { low: 51, high: 90, unit: '/min' }, bedside: true },
  { key: 'rr', name: 'Respiratory rate', short: 'RR', codes: ['9279-1'], searchCodes: ['9279-1'], news2Zero: { low: 12, high: 20, unit: '/min' }, bedside: true },
  { key: 'spo2', name: 'Oxygen saturation', short: 'SpO₂', codes: ['59408-5', '2708-6'], searchCodes: ['59408-5', '2708-6'], news2Zero: { low: 96, unit: '%' }, bedside: true },
  { key: 'sbp', name: 'Systolic blood pressure', short: 'Systolic', codes: ['8480-6'], searchCodes: [...bpPanels, '8480-6'], news2Zero: { low: 111, high: 219, unit: 'mmHg' }, bedside: true },
  { key: 'dbp', name: 'Diastolic blood pressure', short: 'Diastolic', codes: ['8462-4'], searchCodes: [...bpPanels, '8462-4'], bedside: true },
  { key: 'temp', name: 'Temperature', short: 'Temp', codes: ['8310-5', '8331-1'], searchCodes: ['8310-5', '8331-1'], news2Zero: { low: 36.1, high: 38.0, unit: '°C' }, bedside: true },
  { key: 'weight', name: 'Body weight', short: 'Weight', codes: ['29463-7'], searchCodes: ['29463-7'], bedside: false },
  { key: 'height', name: 'Body height', short: 'Height', codes: ['8302-2'], searchCodes: ['8302-2'], bedside: false },
  { key: 'bmi', name: 'Body mass index', short: 'BMI', codes: ['39156-5'], searchCodes: ['39156-5'], bedside: false },
];

/** One measured value. `value` is undefined when the observation exists but says why there is none. */
export interface Reading {
  time: number;
  value?: number;
  unit: string;
  text: string;
  flag?: Flag;
  inError: boolean;
  observation: Observation;
}

function readingOf(observation: Observation, part: Observation | ObservationComponent): Reading | undefined {
  const time = timeOf(observation);
  if (time === undefined) return undefined;
  const quantity: Quantity | undefined = part.valueQuantity;
  return {
    time,
    value: quantity?.value ?? part.valueInteger,
    unit: unitOf(quantity),
    text: formatObservationValue(part),
    flag: flagOf(part),
    inError: isEnteredInError(observation),
    observation,
  };
}

/** The readings of one sign, oldest first. Looks at the observation itself and at its components. */
export function readingsOf(observations: Observation[], codes: readonly string[]): Reading[] {
  const readings: Reading[] = [];
  for (const observation of observations) {
    const part = hasCode(observation.code, codes) ? observation : observation.component?.find((c) => hasCode(c.code, codes));
    const reading = part && readingOf(observation, part);
    if (reading) readings.push(reading);
  }
  return readings.sort((a, b) => a.time - b.time);
}

/** The NEWS2 zero band if it applies: known age of 16 or more at that time, and the unit of the reading is that of the chart. */
export function bandFor(sign: VitalSign, birthDate: string | undefined, reading: { time: number; unit: string }): Band | undefined {
  const age = yearsBetween(birthDate, new Date(reading.time));
  if (!sign.news2Zero || age === undefined || age < 16 || sign.news2Zero.unit !== reading.unit) return undefined;
  return sign.news2Zero;
}

export type Position = 'high' | 'low' | 'inside';

/** Where a reading stands: by the record's own flag or range first, by NEWS2 zero otherwise; undefined when neither applies. */
export function positionOf(sign: VitalSign, birthDate: string | undefined, reading: Reading): Position | undefined {
  if (reading.flag === 'high' || reading.flag === 'critical-high') return 'high';
  if (reading.flag === 'low' || reading.flag === 'critical-low') return 'low';
  if (reading.flag === 'normal') return 'inside';
  const band = bandFor(sign, birthDate, reading);
  if (!band || reading.value === undefined) return undefined;
  if (band.low !== undefined && reading.value < band.low) return 'low';
  return band.high !== undefined && reading.value > band.high ? 'high' : 'inside';
}

/** During a stay, older than this is stale: NEWS2 asks for observations at least every 12 hours (RCP 2017, Chart 4). */
export const staleAfter = 12 * 3_600_000;
