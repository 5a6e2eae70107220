import classes from './Monitoring.module.css';
import type { Alert, Priority } from './monitoring.api';

// A shape for each priority beside its colour (IEC 60601-1-8: high red, medium yellow, low cyan).
const shapes: Record<Priority, string> = { high: '▲', medium: '◆', low: '●' };
const signs: Record<Priority, string> = { high: '!!!', medium: '!!', low: '!' };

export const PriorityMark = ({ priority }: { priority: Priority }) => (
  <span className={classes.priority} data-priority={priority}>
    <span aria-hidden="true">{shapes[priority]}</span> {priority} <span aria-hidden="true">{signs[priority]}</span>
  </span>
);

export const PriorityShape = ({ priority }: { priority: Priority }) => (
  <>
    <span aria-hidden="true">{shapes[priority]}</span>
    <span className="visually-hidden">{priority} priority: </span>
  </>
);

/** Who has an alert, or that nobody has. */
export function whoHas(alert: Alert, now: number): string {
  if (alert.snoozedUntil && Date.parse(alert.snoozedUntil) > now) return `snoozed${alert.acknowledgedBy ? ` by ${alert.acknowledgedBy}` : ''}`;
  if (alert.status === 'resolved') return 'resolved';
  if (alert.status === 'escalated') return `passed on to ${alert.escalatedTo ?? 'the next in line'}`;
  return alert.status === 'acknowledged' ? (alert.acknowledgedBy ?? 'acknowledged') : 'nobody yet';
}
