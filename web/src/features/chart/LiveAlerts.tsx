import { Button } from '@mantine/core';
import { useState } from 'react';
import { formatDateTime, formatExact } from '../../lib/dates';
import { patientName } from '../../fhir/display';
import { AlertDialog } from '../../monitoring/AlertDialog';
import { PriorityMark, whoHas } from '../../monitoring/AlertMark';
import { byUrgency, isOpen, type Alert } from '../../monitoring/monitoring.api';
import { DataTable, type Column } from '../../ui/DataTable';
import { Section } from '../../ui/Section';
import type { TimeRange } from '../../ui/TimeChart';
import { useNow } from '../../ui/useNow';
import { useChart } from './useChart';

/** The open alerts, and those of the span on the screen, in words beside their marks on the charts. */
export function LiveAlerts({ alerts, range: [begin, end] }: { alerts: Alert[]; range: TimeRange }) {
  const { patient } = useChart();
  const now = useNow();
  const [open, setOpen] = useState<string>();
  const shown = alerts.filter((alert) => isOpen(alert) || (Date.parse(alert.raisedAt) >= begin && Date.parse(alert.raisedAt) <= end)).sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || (isOpen(a) ? byUrgency(now)(a, b) : Date.parse(b.raisedAt) - Date.parse(a.raisedAt)));
  if (shown.length === 0) return null;
  const columns: Column<Alert>[] = [
    { name: 'Priority', width: '7rem', cell: (alert) => <PriorityMark priority={alert.priority} /> },
    { name: 'Alert', cell: (alert) => <>{alert.title} <span className="meta">{alert.why.text}</span></> },
    { name: 'Raised', width: '9rem', cell: (alert) => <span className="num" title={formatExact(alert.raisedAt)}>{formatDateTime(alert.raisedAt)}</span> },
    { name: 'Who has it', from: 'tablet', cell: (alert) => whoHas(alert, now) },
    {
      name: 'Do',
      width: '6rem',
      cell: (alert) =>
        isOpen(alert) && (
          <Button size="compact-xs" variant="default" aria-label={`Act on ${alert.title}`} onClick={() => setOpen(alert.id)}>
            Act
          </Button>
        ),
    },
  ];
  return (
    <Section title="Alerts">
      <DataTable caption="Alerts of this patient" columns={columns} rows={shown} rowKey={(alert) => alert.id} />
      <AlertDialog alert={shown.find((alert) => alert.id === open)} who={{ name: patientName(patient), birthDate: patient.birthDate }} close={() => setOpen(undefined)} />
    </Section>
  );
}
