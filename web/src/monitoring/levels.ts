// NEWS2 as the wall and the chart show it. Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017, chart 2.
import type { Reading, Score, State } from './monitoring.api';

export type Level = 'none' | 'low' | 'low-medium' | 'medium' | 'high' | 'unknown';

export const levelWords: Record<Level, string> = { none: 'no risk', low: 'low', 'low-medium': 'low-medium', medium: 'medium', high: 'HIGH', unknown: 'no score' };
export const levelRank: Record<Level, number> = { unknown: 0, none: 1, low: 2, 'low-medium': 3, medium: 4, high: 5 };

export const news2Of = (state: State | null | undefined): Score | undefined => state?.scores.find((score) => score.name === 'news2');

export function levelOf(score: Score | undefined): Level {
  if (!score || score.value === null || score.value === undefined) return 'unknown';
  return score.level && score.level in levelRank ? (score.level as Level) : 'unknown';
}

/** What the number leaves out, or why there is none. */
export function scoreNote(score: Score | undefined): string {
  if (!score) return 'no data yet';
  if (score.value === null || score.value === undefined) return score.note ?? 'nothing measured';
  const out = score.parts.filter((part) => part.points === null || part.points === undefined);
  return out.length > 0 ? `${out.length} of ${score.parts.length} missing` : '';
}

/** Every part that has no points, and why. */
export const missingText = (score: Score | undefined): string =>
  (score?.parts ?? [])
    .filter((part) => part.points === null || part.points === undefined)
    .map((part) => `${part.name} ${part.why ?? 'missing'}`)
    .join(', ');

/** What a sign must change by in an hour before an arrow says so; below it is noise to somebody at three metres. */
const notable: Record<string, number> = { 'heart-rate': 10, 'pulse-rate': 10, 'respiratory-rate': 4, 'oxygen-saturation': 2, systolic: 15, 'arterial-systolic': 15, temperature: 0.5 };

export function trendOf(reading: Reading): '▲' | '▼' | '' {
  const limit = notable[reading.metric];
  if (limit === undefined || reading.slope === null || reading.slope === undefined || Math.abs(reading.slope) < limit) return '';
  return reading.slope > 0 ? '▲' : '▼';
}

/** The newest of several metrics that measure the same, a fresh one before a stale one. */
export function newestOf(state: State | null | undefined, ...metrics: string[]): Reading | undefined {
  return state?.readings.filter((r) => metrics.includes(r.metric)).sort((a, b) => Number(a.stale) - Number(b.stale) || Date.parse(b.time) - Date.parse(a.time))[0];
}

const units: Record<string, string> = { 'mm[Hg]': 'mmHg', Cel: '°C', '{score}': '', '1': '' };

/** A UCUM code as people write it. */
export const unitText = (unit: string | null | undefined): string => units[unit ?? ''] ?? unit ?? '';

/** As many digits as the device shows: tenths of a degree, whole numbers otherwise. */
export const amountText = (reading: Reading): string => (reading.metric === 'temperature' ? reading.value.toFixed(1) : String(Math.round(reading.value)));

/** An age in as few letters as a tile has room for: now, 4m, 3h, 2d. */
export function shortAge(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes}m`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`;
}
