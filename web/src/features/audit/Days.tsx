import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { formatDate, formatDateTime } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import form from '../../ui/Form.module.css';
import { daysQuery, verify, type Day } from './audit.api';

/** The seals of the days, and the proof that nothing was changed or taken away since. */
export function Days() {
  const days = useQuery(daysQuery);
  const check = useMutation({ mutationFn: (day: string | undefined) => verify(day) });
  const button = (day: string | undefined, label: string) => (
    <Button size="compact-xs" variant="default" loading={check.isPending && check.variables === day} disabled={check.isPending} onClick={() => check.mutate(day)} aria-label={day ? `Verify ${formatDate(day)}` : undefined}>
      {label}
    </Button>
  );
  const columns: Column<Day>[] = [
    { name: 'Day', cell: (d) => <span className="num">{formatDate(d.day)}</span> },
    { name: 'Entries', numeric: true, cell: (d) => formatCount(d.entries) },
    { name: 'State', cell: (d) => d.state },
    { name: 'Sealed', from: 'tablet', cell: (d) => <span className="num">{d.sealedAt ? formatDateTime(d.sealedAt) : 'not yet'}</span> },
    { name: 'Seal', from: 'desktop', cell: (d) => <span className="mono">{d.sealHash ? `${d.sealHash.slice(0, 16)}…` : '–'}</span> },
    { name: 'Action', width: '6rem', cell: (d) => button(d.day, 'Verify') },
  ];
  return (
    <Section title="Days and seals" aside={button(undefined, 'Verify everything')}>
      {check.data && <Result ok={check.data.ok} checked={check.data.checked} bad={check.data.firstBad} day={check.variables} />}
      <Problem error={check.error} />
      {days.isError && <ErrorPanel error={days.error} what="The days" retry={() => void days.refetch()} />}
      {days.isPending && <Waiting what="the days" />}
      {days.data?.length === 0 && <EmptyState title="No day yet">Each day is sealed after midnight (UTC).</EmptyState>}
      {days.data && days.data.length > 0 && <DataTable caption="Days of the audit trail" columns={columns} rows={days.data} rowKey={(d) => d.day} />}
    </Section>
  );
}

function Result({ ok, checked, bad, day }: { ok: boolean; checked: number; bad?: { id?: string | number | null; at?: string | null; reason: string } | null; day: string | undefined }) {
  const what = day ? formatDate(day) : 'The whole trail';
  if (ok && day && checked === 0) return <p className={form.good} role="status">{`${what}: there are no entries of this day. The seals and the end of the chain are unchanged.`}</p>;
  return ok ? (
    <p className={form.good} role="status">{`${what}: unchanged, ${formatCount(checked)} entries checked.`}</p>
  ) : (
    <p className={form.warn} role="alert">
      <strong>{`${what} was tampered with.`}</strong> {`${bad?.id ? `First bad entry: ${bad.id}${bad.at ? ` of ${formatDateTime(bad.at)}` : ''}. ` : ''}${bad?.reason ?? ''} Keep the database as it is and tell whoever answers for security.`}
    </p>
  );
}
