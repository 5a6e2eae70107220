import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { flagOf, formatObservationValue, formatRange, isEnteredInError, normalRange, timeOf, unitOf } from '../../fhir/observations';
import { RawButton } from '../../fhir/RawButton';
import type { Observation } from '../../fhir/types.gen';
import { saveAs, toCsv } from '../../lib/csv';
import { formatDate, formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { TimeChart, type Line, type TimeRange } from '../../ui/TimeChart';
import { FlagMark } from './FlagMark';
import { numbersOf, type LabGroup } from './labs';
import classes from './Labs.module.css';
import { Status } from './Tag';

/** One test over time: the chart if there is anything to draw, and every result. */
export function LabDetail({ group, band }: { group: LabGroup; band?: { low?: number; high?: number } }) {
  const points = useMemo(() => numbersOf(group), [group]);
  const [zoom, setZoom] = useState<TimeRange>();
  const lines = useMemo((): Line[] => [{ label: group.name, token: '--series-1', points }], [group.name, points]);
  const range = useMemo((): TimeRange => zoom ?? padded(points.map((p) => p.time)), [zoom, points]);
  const unit = unitOf(group.latest?.valueQuantity);
  return (
    <div className={classes.detail}>
      {points.length > 1 && (
        <TimeChart name={group.name} lines={lines} unit={unit} band={band} range={range} onRange={setZoom} syncKey="labs" height={180} summary={`${group.name}: ${points.length} results from ${formatDate(points[0]!.time)} to ${formatDate(points.at(-1)!.time)}, listed below.`} />
      )}
      <div className={classes.results}>
        <DataTable caption={`Results of ${group.name}`} columns={columns} rows={group.results} rowKey={(o) => o.id ?? ''} struck={isEnteredInError} />
      </div>
      <Button variant="default" size="xs" onClick={() => saveAs(`lab-${group.key.replace(/[^\w]+/g, '-')}.csv`, new Blob([csvOf(group)], { type: 'text/csv' }))}>
        CSV
      </Button>
    </div>
  );
}

function padded(times: number[]): TimeRange {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const air = Math.max(3_600_000, (last - first) * 0.03);
  return [first - air, last + air];
}

const columns: Column<Observation>[] = [
  { name: 'Time', width: '10rem', cell: (o) => <span className="num">{formatDateTime(timeOf(o))}</span> },
  { name: 'Value', numeric: true, width: '10rem', cell: formatObservationValue },
  { name: 'Flag', width: '8rem', cell: (o) => <FlagMark flag={flagOf(o)} /> },
  { name: 'Range', from: 'tablet', cell: (o) => <span className="num">{formatRange(normalRange(o.referenceRange))}</span> },
  { name: 'Status', from: 'tablet', cell: (o) => <Status code={o.status} /> },
  { name: 'Record', width: '5rem', cell: (o) => <RawButton resource={o} label={`the result of ${formatDateTime(timeOf(o))}`} row={false} /> },
];

function csvOf(group: LabGroup): string {
  return toCsv(
    ['time', 'test', 'value', 'unit', 'text', 'flag', 'range', 'status', 'observation'],
    group.results.map((o) => {
      const time = timeOf(o);
      return [time === undefined ? undefined : new Date(time).toISOString(), group.name, o.valueQuantity?.value, unitOf(o.valueQuantity), formatObservationValue(o), flagOf(o), formatRange(normalRange(o.referenceRange)), o.status, `Observation/${o.id}`];
    }),
  );
}
