import { Button, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { flagOf, formatObservationValue, formatRange, normalRange, timeOf } from '../../fhir/observations';
import { formatAgo, formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Sparkline } from '../../ui/Sparkline';
import { useNow } from '../../ui/useNow';
import { useObservations } from './chart.api';
import chart from './Chart.module.css';
import { FlagMark } from './FlagMark';
import { LabDetail } from './LabDetail';
import { groupLabs, numbersOf, type LabGroup } from './labs';
import classes from './Labs.module.css';
import { LoadState } from './LoadState';
import { useChart } from './useChart';

const step = 5_000;
const outside = (group: LabGroup) => {
  const flag = group.latest && flagOf(group.latest);
  return flag !== undefined && flag !== 'normal';
};

export function LabsTab() {
  const { patientId } = useChart();
  const [cap, setCap] = useState(step);
  const list = useObservations(patientId, 'laboratory', cap);
  const groups = useMemo(() => groupLabs(list.resources), [list.resources]);
  const [text, setText] = useState('');
  const [onlyOutside, setOnlyOutside] = useState(false);
  const wanted = text.trim().toLowerCase();
  const rows = groups.filter((g) => (wanted === '' || g.name.toLowerCase().includes(wanted)) && (!onlyOutside || outside(g)));
  return (
    <>
      <div className={classes.toolbar}>
        <TextInput size="xs" aria-label="Filter tests by name" placeholder="Filter tests" value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <Button variant={onlyOutside ? 'filled' : 'default'} size="xs" aria-pressed={onlyOutside} onClick={() => setOnlyOutside(!onlyOutside)}>
          {`Out of range (${groups.filter(outside).length})`}
        </Button>
        <span className="meta">{`${rows.length} of ${groups.length} tests`}</span>
      </div>
      <LoadState list={list} what="laboratory results" more={{ step, load: () => setCap(cap + step) }} />
      {list.error && <ErrorPanel error={list.error} what="Laboratory results" retry={list.retry} />}
      {list.pending && !list.error && <Waiting what="laboratory results" />}
      {!list.pending && !list.loading && !list.error && groups.length === 0 && (
        <EmptyState title="No laboratory results are recorded">They appear here once the record holds Observations of the category laboratory.</EmptyState>
      )}
      {groups.length > 0 && rows.length === 0 && <EmptyState title="No test matches the filter" />}
      {rows.length > 0 && <LabTable groups={rows} />}
    </>
  );
}

function LabTable({ groups }: { groups: LabGroup[] }) {
  const [params, setParams] = useSearchParams();
  const open = params.get('code');
  const toggle = (key: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (open === key) after.delete('code');
        else after.set('code', key);
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  const columns: Column<LabGroup>[] = [
    {
      name: 'Test',
      cell: (g) => (
        <LinkButton expanded={open === g.key} onClick={() => toggle(g.key)}>
          {g.name}
        </LinkButton>
      ),
    },
    { name: 'Latest', numeric: true, width: '10rem', cell: (g) => <Latest group={g} /> },
    { name: 'Flag', width: '8rem', from: 'tablet', cell: (g) => <FlagMark flag={g.latest && flagOf(g.latest)} /> },
    { name: 'Range', width: '8rem', from: 'tablet', cell: (g) => <span className="num">{formatRange(normalRange(g.latest?.referenceRange))}</span> },
    { name: 'When', width: '8rem', from: 'tablet', cell: (g) => <When group={g} /> },
    { name: 'Trend', width: '8rem', from: 'tablet', cell: (g) => <Sparkline values={numbersOf(g).slice(-24).map((p) => p.value)} band={bandOf(g)} /> },
    { name: 'Results', numeric: true, width: '5rem', from: 'desktop', cell: (g) => g.results.length },
  ];
  return (
    <div className={chart.surface}>
      <DataTable caption="Laboratory tests with their latest result" columns={columns} rows={groups} rowKey={(g) => g.key} detail={(g) => (open === g.key ? <LabDetail group={g} band={bandOf(g)} /> : undefined)} />
    </div>
  );
}

/** On a phone the flag and the age stand under the value: their columns are left out there. */
function Latest({ group }: { group: LabGroup }) {
  return (
    <>
      <strong>{group.latest ? formatObservationValue(group.latest) : '–'}</strong>
      <span className={classes.phone}>
        <FlagMark flag={group.latest && flagOf(group.latest)} />
        <span className="meta">
          <When group={group} />
        </span>
      </span>
    </>
  );
}

function When({ group }: { group: LabGroup }) {
  const now = useNow();
  const time = group.latest && timeOf(group.latest);
  return time === undefined ? <>–</> : <span title={formatDateTime(time)}>{formatAgo(time, now)}</span>;
}

function bandOf(group: LabGroup): { low?: number; high?: number } | undefined {
  const range = normalRange(group.latest?.referenceRange);
  if (range?.low?.value === undefined && range?.high?.value === undefined) return undefined;
  return { low: range.low?.value, high: range.high?.value };
}
