import { Button, SegmentedControl } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { saveAs } from '../../lib/csv';
import { LiveState } from '../../monitoring/LiveState';
import { PatientAdjustments } from '../../monitoring/PatientAdjustments';
import { alertsQuery, newerState, patientMonitorQuery, withAlert, type Alert, type State } from '../../monitoring/monitoring.api';
import { useLive } from '../../monitoring/useLive';
import { useAccount } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { historyQuery } from './live.api';
import { joined, lanesFor, sampleRows, samplesCsv, samplesOf, shortestGap, withReadings, type Tail } from './liveHistory';
import { LiveAlerts } from './LiveAlerts';
import { LiveLane, type LaneData } from './LiveLane';
import { LiveNow } from './LiveNow';
import { SamplesTable } from './SamplesTable';
import { useChart } from './useChart';
import { spans, useLiveRange } from './useLiveRange';
import { Waveforms } from './Waveforms';
import { ZoomButtons } from './ZoomButtons';
import classes from './Vitals.module.css';

/** What devices measure on this patient now and over the last hours. */
export function LiveTab() {
  const account = useAccount();
  // Keyed: what the stream brought to one account is not for another.
  return <Live key={account?.id ?? ''} />;
}

function Live() {
  const { patientId } = useChart();
  const monitor = useQuery({ ...patientMonitorQuery(patientId), refetchInterval: 60_000 });
  const [tail, setTail] = useState<Tail>({});
  const { refetch } = monitor;
  const window = useLiveRange();
  const past = useQuery({ ...alertsQuery({ status: 'all', patient: patientId, from: new Date(window.asked[0]).toISOString(), to: new Date(window.asked[1]).toISOString(), count: 200 }), placeholderData: (before) => before });
  // Beside the answers, not in them: one that was on its way when an event came knows less.
  const [fresh, setFresh] = useState<{ state: State | null; alerts: Alert[] }>({ state: null, alerts: [] });
  const connection = useLive(
    { patient: patientId },
    {
      state: (state) => {
        setTail((before) => withReadings(before, state));
        setFresh((before) => ({ ...before, state }));
      },
      alert: (alert) => setFresh((before) => ({ ...before, alerts: withAlert(before.alerts, alert) })),
      stale: () => void refetch(),
    },
  );
  const { data } = monitor;
  const state = newerState(fresh.state, data?.state ?? null);
  const alerts = useMemo(() => [...(data?.alerts ?? []), ...fresh.alerts].reduce(withAlert, past.data ?? []), [data?.alerts, fresh.alerts, past.data]);
  return (
    <>
      <LiveState connection={connection} />
      {monitor.isError && <ErrorPanel error={monitor.error} what="The monitor of this patient" retry={() => void refetch()} />}
      {monitor.isPending && <Waiting what="the monitor" />}
      {state && <LiveNow state={state} />}
      {data && !state && <EmptyState title="No device has sent anything for this patient">Values stand here once a device is put on the patient, on the page of devices, and sends. Earlier ones, if there are any, are below.</EmptyState>}
      <Waveforms key={patientId} patient={patientId} />
      {data && <Trends state={state} tail={tail} window={window} alerts={alerts} />}
      <LiveAlerts alerts={alerts} range={window.range} />
      {data && (
        <Section title="Scores and alerts of this patient">
          <PatientAdjustments patient={patientId} />
        </Section>
      )}
    </>
  );
}

function Trends({ state, tail, window, alerts }: { state: State | null; tail: Tail; window: ReturnType<typeof useLiveRange>; alerts: Alert[] }) {
  const { patientId } = useChart();
  const [params, setParams] = useSearchParams();
  const view = params.get('view') === 'table' ? 'table' : 'charts';
  const measured = state?.readings.map((reading) => reading.metric).join(' ');
  // Lanes come and go with what is measured, not with each value of it.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const kinds = useMemo(() => lanesFor(state), [measured]);
  const metrics = useMemo(() => kinds.flatMap((kind) => kind.metrics), [kinds]);
  const histories = useQueries({ queries: metrics.map((metric) => historyQuery(patientId, metric.name, window.asked)) });
  const failed = histories.find((history) => history.isError);
  const lanes = kinds.map((kind): LaneData => {
    const parts = kind.metrics.map((metric) => {
      const history = histories[metrics.indexOf(metric)]?.data;
      return { ...metric, history, tail: tail[metric.name], unit: history?.unit ?? state?.readings.find((r) => r.metric === metric.name)?.unit ?? '' };
    });
    return { kind, parts, gap: shortestGap[parts[0]?.history?.resolution ?? 'minute'] };
  });
  const rows = () => sampleRows(lanes.flatMap(({ kind, parts }) => parts.map((part) => ({ name: part.name, label: parts.length > 1 ? `${kind.name}, ${part.label.toLowerCase()}` : kind.name, unit: part.unit, samples: joined(samplesOf(part.history), part.tail) }))), window.range);
  return (
    <>
      <div className={classes.toolbar}>
        <SegmentedControl size="xs" aria-label="Time span up to now" value={window.name} onChange={window.choose} data={spans} />
        <ZoomButtons window={window} />
        <SegmentedControl size="xs" aria-label="View" value={view} onChange={(value) => setParams((before) => (value === 'table' ? before.set('view', value) : before.delete('view'), before), { replace: true, preventScrollReset: true })} data={[{ value: 'charts', label: 'Charts' }, { value: 'table', label: 'Table' }]} />
        <Button variant="default" size="xs" onClick={() => saveAs(`live-${patientId}.csv`, new Blob([samplesCsv(rows())], { type: 'text/csv' }))}>
          CSV
        </Button>
        <span className="meta">Drag to zoom, double click to go back, Shift and wheel to pan, Ctrl and wheel to zoom.</span>
      </div>
      {failed && <ErrorPanel error={failed.error} what="A part of the history" retry={() => histories.forEach((history) => void history.refetch())} />}
      {view === 'table' ? (
        <SamplesTable rows={rows()} />
      ) : (
        <div className={classes.lanes}>
          {lanes.map((lane) => (
            <LiveLane key={lane.kind.key} lane={lane} window={window} alerts={alerts} loading={lane.parts.some((part) => !part.history) && !failed} />
          ))}
        </div>
      )}
    </>
  );
}
