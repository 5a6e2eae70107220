import { formatDate, formatTime } from './dates';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const month = 30.44 * day;
const year = 365.25 * day;
const clockSteps = [minute, 5 * minute, 15 * minute, 30 * minute, hour, 3 * hour, 6 * hour, 12 * hour];
const daySteps = [1, 2, 7, 14];
const monthSteps = [1, 3, 6];
const yearSteps = [1, 2, 5, 10, 20, 50];

export interface Tick {
  time: number;
  label: string;
}

const monthLabel = (time: number) => formatDate(time).slice(3).replace(/-(\d\d)(\d\d)$/, ' $1$2');
const dayLabel = (time: number) => formatDate(time).slice(0, 6);

function sequence(start: Date, advance: (d: Date) => void, begin: number, end: number, label: (time: number) => string): Tick[] {
  const ticks: Tick[] = [];
  for (const d = start; d.getTime() <= end; advance(d)) if (d.getTime() >= begin) ticks.push({ time: d.getTime(), label: label(d.getTime()) });
  return ticks;
}

/** At most `count` ticks at round local times between two instants: hours, days, months or years as the span asks. */
export function timeTicks(begin: number, end: number, count: number): Tick[] {
  const span = Math.max(1, end - begin);
  const first = new Date(begin);
  const years = yearSteps.find((n) => span / (n * year) <= count) ?? 100;
  const clock = clockSteps.find((n) => span / n <= count);
  if (clock) {
    const midnight = new Date(first.getFullYear(), first.getMonth(), first.getDate());
    const label = (time: number) => (formatTime(time) === '00:00' ? dayLabel(time) : formatTime(time));
    return sequence(midnight, (d) => d.setTime(d.getTime() + clock), begin, end, label);
  }
  const days = daySteps.find((n) => span / (n * day) <= count);
  if (days) return sequence(new Date(first.getFullYear(), first.getMonth(), first.getDate()), (d) => d.setDate(d.getDate() + days), begin, end, dayLabel);
  const monthsStep = monthSteps.find((n) => span / (n * month) <= count);
  if (monthsStep) return sequence(new Date(first.getFullYear(), 0, 1), (d) => d.setMonth(d.getMonth() + monthsStep), begin, end, monthLabel);
  return sequence(new Date(Math.floor(first.getFullYear() / years) * years, 0, 1), (d) => d.setFullYear(d.getFullYear() + years), begin, end, (time) => String(new Date(time).getFullYear()));
}
