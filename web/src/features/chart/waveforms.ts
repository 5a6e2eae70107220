import type { WaveformAnswer } from './waveforms.api';

/** Values at equal distances; times in milliseconds. */
export interface Run {
  start: number;
  period: number;
  values: number[];
  flags: number;
}

export interface Curve {
  code: string;
  display: string;
  unit: string;
  device: string;
  runs: Run[];
}

export const questionable = 4;
export const simulated = 8;

export const endOf = (run: Run): number => run.start + run.values.length * run.period;

export const curvesOf = (answer: WaveformAnswer | undefined): Curve[] =>
  (answer?.series ?? []).map(({ runs, ...series }) => ({ ...series, runs: runs.map(({ data, origin, factor, ...run }) => ({ ...run, values: data.split(' ').map((number) => origin + factor * Number(number)) })) }));

/** The newest time of all curves; undefined without any. */
export const newestOf = (curves: Curve[]): number | undefined => (curves.some(({ runs }) => runs.length > 0) ? Math.max(...curves.flatMap(({ runs }) => runs.map(endOf))) : undefined);

/** From lowest to highest, with a margin. An ECG keeps at least 2 mV, so that a flat line looks flat. */
export function rangeOf({ unit, runs }: Curve): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of runs) for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return [0, 1];
  const least = unit === 'mV' ? 2 : 1;
  const lack = Math.max(0, least - (high - low)) / 2;
  const margin = (high - low + 2 * lack) * 0.06;
  return [low - lack - margin, high + lack + margin];
}

/** Moves the end of what is shown on with the clock, so that it meets the newest sample when the next answer comes; it jumps only when it is far off. */
export function headAt(now: number, shown: { head: number; at: number } | undefined, newest: number, lag: number): number {
  const due = newest - lag;
  const moved = shown ? shown.head + (now - shown.at) : due;
  return shown && Math.abs(moved - due) <= lag ? moved : due;
}
