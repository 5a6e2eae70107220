import { levelOf, levelRank, news2Of } from '../../monitoring/levels';
import { isWaiting, type Alert } from '../../monitoring/monitoring.api';
import type { WallBed } from './wardStore';

export const orders = [
  { value: 'risk', label: 'Risk' },
  { value: 'bed', label: 'Bed' },
  { value: 'time', label: 'Waiting longest' },
] as const;
export type Order = (typeof orders)[number]['value'];

const alarmRank = { high: levelRank.high, medium: levelRank.medium, low: levelRank.low };
const worst = (bed: WallBed, now: number) => Math.max(levelRank[levelOf(news2Of(bed.state))], ...bed.alerts.filter((alert) => isWaiting(alert, now)).map((alert) => alarmRank[alert.priority]));
const byName = (a: WallBed, b: WallBed) => a.bed.name.localeCompare(b.bed.name, 'en', { numeric: true }) || a.bed.id.localeCompare(b.bed.id);
const oldest = (alerts: Alert[], now: number) => Math.min(...alerts.filter((alert) => isWaiting(alert, now)).map((alert) => Date.parse(alert.raisedAt)));

/** Whom to look at first. Within a rank by the score itself, then by bed, so that tiles stand still while nothing changes. */
export function inOrder(beds: WallBed[], order: Order, now: number): WallBed[] {
  const keys = new Map(beds.map((bed) => [bed, order === 'time' ? [-oldest(bed.alerts, now), worst(bed, now)] : [bed.patient ? worst(bed, now) : -1, news2Of(bed.state)?.value ?? 0]]));
  if (order === 'bed') return [...beds].sort(byName);
  return [...beds].sort((a, b) => descending(keys.get(a)![0]!, keys.get(b)![0]!) || descending(keys.get(a)![1]!, keys.get(b)![1]!) || byName(a, b));
}

/** Infinities are equal to themselves, which their difference is not. */
const descending = (a: number, b: number) => (a === b ? 0 : a > b ? -1 : 1);
