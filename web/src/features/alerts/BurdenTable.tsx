import { PriorityMark } from '../../monitoring/AlertMark';
import { formatLength } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import type { Burden, BurdenRule } from './alerts.api';
import classes from './Alerts.module.css';

/** A share in percent; a dash where there is nothing to share. */
export const percent = (part: number, of: number): string => (of === 0 ? '–' : `${Math.round((100 * part) / of)} %`);

export function BurdenTable({ burden }: { burden: Burden }) {
  const most = Math.max(...burden.rules.map((rule) => rule.perBedDay ?? 0), Number.MIN_VALUE);
  const columns: Column<BurdenRule>[] = [
    { name: 'Rule', cell: (rule) => <>{rule.title} <span className="meta mono">{rule.rule}</span></> },
    { name: 'Priority', from: 'tablet', width: '7rem', cell: (rule) => <PriorityMark priority={rule.priority} /> },
    { name: 'Alerts', numeric: true, cell: (rule) => formatCount(rule.alerts) },
    {
      name: 'Per bed-day',
      width: '12rem',
      cell: (rule) => (
        <span className="num">
          {rule.perBedDay?.toFixed(2) ?? '–'}
          <span className={classes.share} aria-hidden="true" style={{ width: `${(6 * (rule.perBedDay ?? 0)) / most}rem` }} />
        </span>
      ),
    },
    { name: 'Median time to acknowledge', numeric: true, from: 'tablet', cell: (rule) => (rule.medianSecondsToAcknowledge === null ? '– none was' : formatLength(rule.medianSecondsToAcknowledge * 1_000)) },
    { name: 'Acknowledged', numeric: true, from: 'desktop', cell: (rule) => percent(rule.acknowledged, rule.alerts) },
    { name: 'Acted upon', numeric: true, cell: (rule) => percent(rule.actedUpon, rule.alerts) },
    { name: 'Escalated', numeric: true, from: 'desktop', cell: (rule) => percent(rule.escalated, rule.alerts) },
  ];
  return <DataTable caption="Alarm burden by rule" columns={columns} rows={[...burden.rules].sort((a, b) => b.alerts - a.alerts)} rowKey={(rule) => rule.rule} />;
}
