// Device data of one patient arranged for display: a lane per sign, pressures as one lane of two lines.
import { toCsv } from '../../lib/csv';
import { unitText } from '../../monitoring/levels';
import type { State } from '../../monitoring/monitoring.api';
import type { TimeRange } from '../../ui/TimeChart';
import type { History, Resolution } from './live.api';

/** A sample, or what a minute or an hour of them sums up to. */
export interface Sample {
  time: number;
  /** As measured, or the mean. */
  value: number;
  low?: number;
  high?: number;
  count?: number;
  device: string;
}

export interface LiveLaneKind {
  key: string;
  name: string;
  metrics: { name: string; label: string }[];
  /** Which vital sign of the chart it is, for the band of values that score nothing. */
  sign?: string;
  /** Shown also where nothing came yet. */
  always: boolean;
}

const one = (key: string, name: string, metric: string, sign?: string, always = false): LiveLaneKind => ({ key, name, metrics: [{ name: metric, label: name }], sign, always });
export const laneKinds: LiveLaneKind[] = [
  one('hr', 'Heart rate', 'heart-rate', 'hr', true),
  one('pulse', 'Pulse rate', 'pulse-rate', 'hr'),
  one('rr', 'Respiratory rate', 'respiratory-rate', 'rr', true),
  one('spo2', 'Oxygen saturation', 'oxygen-saturation', 'spo2', true),
  { key: 'bp', name: 'Blood pressure', metrics: [{ name: 'systolic', label: 'Systolic' }, { name: 'diastolic', label: 'Diastolic' }], sign: 'sbp', always: true },
  { key: 'art', name: 'Arterial pressure', metrics: [{ name: 'arterial-systolic', label: 'Systolic' }, { name: 'arterial-diastolic', label: 'Diastolic' }], sign: 'sbp', always: false },
  one('temp', 'Temperature', 'temperature', 'temp', true),
  one('etco2', 'End-tidal CO₂', 'end-tidal-co2'),
];

/** The lanes of a patient: the usual ones, and what else a device measures. */
export const lanesFor = (state: State | null | undefined): LiveLaneKind[] => laneKinds.filter((lane) => lane.always || lane.metrics.some((metric) => state?.readings.some((reading) => reading.metric === metric.name)));

/** All devices' points on one line, oldest first. */
export function samplesOf(history: History | undefined): Sample[] {
  if (!history) return [];
  const samples = history.series.flatMap(({ device, points }) =>
    points.map((point): Sample => (history.resolution === 'raw' ? { time: point[0]!, value: point[1]!, device } : { time: point[0]!, low: point[1], high: point[2], value: point[3]!, count: point[4], device })),
  );
  return samples.sort((a, b) => a.time - b.time);
}

/** What came by the stream, by metric; kept only as far as it is newer than what was asked for. */
export type Tail = Record<string, Sample[]>;

const longestTail = 3_600;

/** The tail with the readings of a state that are new in it. The same object when none is. */
export function withReadings(tail: Tail, state: State): Tail {
  let next = tail;
  for (const reading of state.readings) {
    const time = Date.parse(reading.time);
    const known = next[reading.metric] ?? [];
    if (Number.isNaN(time) || (known.at(-1)?.time ?? -Infinity) >= time) continue;
    next = { ...next, [reading.metric]: [...known.slice(1 - longestTail), { time, value: reading.value, device: reading.device ?? '' }] };
  }
  return next;
}

export function joined(history: Sample[], tail: Sample[] | undefined): Sample[] {
  const last = history.at(-1)?.time ?? -Infinity;
  const fresh = (tail ?? []).filter((sample) => sample.time > last);
  return fresh.length === 0 ? history : [...history, ...fresh];
}

/** Shorter pauses are no gap: devices send every second, minutes and hours are whole. */
export const shortestGap: Record<Resolution, number> = { raw: 30_000, minute: 150_000, hour: 2.5 * 3_600_000 };

export interface SampleRow extends Sample {
  key: string;
  name: string;
  unit: string;
}

/** Every point within the range, newest first. */
export function sampleRows(metrics: { name: string; label: string; unit: string; samples: Sample[] }[], [begin, end]: TimeRange): SampleRow[] {
  return metrics
    .flatMap(({ name, label, unit, samples }) => samples.filter(({ time }) => time >= begin && time <= end).map((sample, i) => ({ ...sample, key: `${name} ${sample.time} ${i}`, name: label, unit: unitText(unit) })))
    .sort((a, b) => b.time - a.time);
}

export const samplesCsv = (rows: SampleRow[]): string =>
  toCsv(
    ['time', 'sign', 'value', 'unit', 'min', 'max', 'count', 'device'],
    rows.map((row) => [new Date(row.time).toISOString(), row.name, row.value, row.unit, row.low, row.high, row.count, row.device]),
  );
