import { Link } from 'react-router';
import { formatAgo, formatDate, formatExact } from '../../lib/dates';
import { PriorityMark, whoHas } from '../../monitoring/AlertMark';
import { Why, type Who } from '../../monitoring/AlertDialog';
import { isOpen, isWaiting, type Alert } from '../../monitoring/monitoring.api';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { useNow } from '../../ui/useNow';
import classes from './Alerts.module.css';

export function AlertsTable({ alerts, who, open }: { alerts: Alert[]; who: ReadonlyMap<string, Who>; open: (alert: Alert) => void }) {
  const now = useNow();
  const [shown, setShown] = useState<string>();
  const columns: Column<Alert>[] = [
    { name: 'Priority', width: '7rem', cell: (alert) => <PriorityMark priority={alert.priority} /> },
    {
      name: 'Alert',
      cell: (alert) => (
        <LinkButton expanded={shown === alert.id} onClick={() => setShown(shown === alert.id ? undefined : alert.id)}>
          {alert.title}
        </LinkButton>
      ),
    },
    { name: 'Patient', cell: (alert) => <Patient id={alert.patient} who={who.get(alert.patient)} /> },
    { name: 'Raised', width: '7rem', cell: (alert) => <span className="num" title={formatExact(alert.raisedAt)}>{formatAgo(Date.parse(alert.raisedAt), now)}</span> },
    { name: 'Who has it', from: 'tablet', cell: (alert) => <span className={isWaiting(alert, now) ? classes.waiting : undefined}>{whoHas(alert, now)}</span> },
    {
      name: 'Do',
      width: '7rem',
      cell: (alert) =>
        isOpen(alert) && (
          <Button size="compact-xs" variant={isWaiting(alert, now) ? 'filled' : 'default'} onClick={() => open(alert)} aria-label={`Act on ${alert.title}, ${who.get(alert.patient)?.name ?? 'patient not known'}`}>
            Act
          </Button>
        ),
    },
  ];
  return <DataTable caption="Alerts" columns={columns} rows={alerts} rowKey={(alert) => alert.id} detail={(alert) => (shown === alert.id ? <Why alert={alert} /> : undefined)} />;
}

function Patient({ id, who }: { id: string; who: Who | undefined }) {
  return (
    <>
      <Link to={`/patients/${id}/live`}>{who ? <bdi>{who.name}</bdi> : <span className="mono">{id}</span>}</Link>
      {who && <span className="meta num"> born {formatDate(who.birthDate ?? undefined)}</span>}
    </>
  );
}
