import type { Alert } from './monitoring.api';

/** What a screen reader is told of alerts that were not there before: high ones at once, others when it has time. */
export function announcements(before: ReadonlySet<string> | undefined, alerts: Alert[], nameOf: (patient: string) => string): { high: string; other: string } {
  // At first everything is new: that is read as the list, not called out.
  const fresh = before ? alerts.filter((alert) => !before.has(alert.id)) : [];
  const text = (list: Alert[]) => list.map((alert) => `${alert.priority} priority: ${alert.title}, ${nameOf(alert.patient)}.`).join(' ');
  return { high: text(fresh.filter((a) => a.priority === 'high')), other: text(fresh.filter((a) => a.priority !== 'high')) };
}
