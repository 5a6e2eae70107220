import { Button, SegmentedControl } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { saveAs } from '../../lib/csv';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import type { TimeRange } from '../../ui/TimeChart';
import { useObservations } from './chart.api';
import classes from './Vitals.module.css';
import { lanesOf, type Lane } from './lanes';
import { LoadState } from './LoadState';
import { useChart } from './useChart';
import { presets, useTimeRange } from './useTimeRange';
import { VitalLane } from './VitalLane';
import { readingRows, readingsCsv } from './readingRows';
import { VitalsTable } from './VitalsTable';
import { ZoomButtons } from './ZoomButtons';

const step = 5_000;

export function VitalsTab() {
  const { patientId } = useChart();
  const [cap, setCap] = useState(step);
  const list = useObservations(patientId, 'vital-signs', cap);
  // Charts may lag behind the pages that arrive; typing and scrolling may not.
  const resources = useDeferredValue(list.resources);
  const lanes = useMemo(() => lanesOf(resources), [resources]);
  const filled = lanes.filter((lane) => lane.series.some((s) => s.readings.length > 0));
  return (
    <>
      <LoadState list={list} what="vital-sign observations" more={{ step, load: () => setCap(cap + step) }} />
      {list.error && <ErrorPanel error={list.error} what="Vital signs" retry={list.retry} />}
      {list.pending && !list.error && <Waiting what="vital signs" />}
      {!list.pending && !list.loading && !list.error && filled.length === 0 && (
        <EmptyState title="No vital signs are recorded">They appear here once the record holds Observations of the category vital-signs.</EmptyState>
      )}
      {filled.length > 0 && <Trends filled={filled} missing={lanes.filter((lane) => !filled.includes(lane))} refresh={list.retry} refreshing={list.refreshing} />}
    </>
  );
}

function extent(lanes: Lane[]): TimeRange {
  let [first, last] = [Infinity, -Infinity];
  for (const lane of lanes)
    for (const series of lane.series)
      for (const reading of series.readings) {
        first = Math.min(first, reading.time);
        last = Math.max(last, reading.time);
      }
  return [first, last];
}

/** A day when the newest reading is fresh and there is a day to see; everything otherwise. */
const standardRange = ([first, last]: TimeRange, now: number) => (now - last < 2 * 86_400_000 && last - first > 86_400_000 ? '24h' : 'all');

function Trends({ filled, missing, refresh, refreshing }: { filled: Lane[]; missing: Lane[]; refresh: () => void; refreshing: boolean }) {
  const { patientId } = useChart();
  const [params, setParams] = useSearchParams();
  const [now] = useState(() => Date.now());
  const [first, last] = useMemo(() => extent(filled), [filled]);
  const window = useTimeRange(first, last, standardRange([first, last], now));
  const view = params.get('view') === 'table' ? 'table' : 'charts';
  const setView = (value: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === 'table') after.set('view', value);
        else after.delete('view');
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  const inRange = (lane: Lane) => lane.series.some((s) => s.readings.some((r) => r.time >= window.range[0] && r.time <= window.range[1]));
  const shown = filled.filter(inRange);
  const hidden = filled.filter((lane) => !shown.includes(lane));
  const rows = useMemo(() => readingRows(filled, window.range), [filled, window.range]);
  return (
    <>
      <div className={classes.toolbar}>
        <SegmentedControl size="xs" data={presets} value={window.name} onChange={window.choose} aria-label="Time span up to the newest reading" />
        <ZoomButtons window={window} />
        <SegmentedControl size="xs" aria-label="View" value={view} onChange={setView} data={[{ value: 'charts', label: 'Charts' }, { value: 'table', label: 'Table' }]} />
        <Button variant="default" size="xs" onClick={() => saveAs(`vitals-${patientId}.csv`, new Blob([readingsCsv(rows)], { type: 'text/csv' }))}>
          CSV
        </Button>
        <Button variant="default" size="xs" loading={refreshing} onClick={refresh}>
          Refresh
        </Button>
      </div>
      {view === 'table' ? (
        <VitalsTable rows={rows} />
      ) : (
        <div className={classes.lanes}>
          {shown.map((lane) => (
            <VitalLane key={lane.key} lane={lane} window={window} />
          ))}
        </div>
      )}
      {hidden.length > 0 && <p className={classes.missing}>{`Readings only outside this span: ${hidden.map((lane) => lane.name).join(', ')}.`}</p>}
      {missing.length > 0 && <p className={classes.missing}>{`Never recorded: ${missing.map((lane) => lane.name).join(', ')}.`}</p>}
    </>
  );
}
