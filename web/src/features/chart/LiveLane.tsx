import { useMemo } from 'react';
import { formatAgo, formatDateTime } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import { unitText } from '../../monitoring/levels';
import type { Alert } from '../../monitoring/monitoring.api';
import type { Mark, Spread } from '../../ui/chartMarks';
import { TimeChart, type Line } from '../../ui/TimeChart';
import { useNow } from '../../ui/useNow';
import type { History } from './live.api';
import { joined, samplesOf, type LiveLaneKind, type Sample } from './liveHistory';
import { useChart } from './useChart';
import type { LiveRange } from './useLiveRange';
import { bandFor, vitalSigns } from './vitals';
import classes from './Vitals.module.css';

export interface LaneData {
  kind: LiveLaneKind;
  parts: { name: string; label: string; unit: string; history?: History; tail?: Sample[] }[];
  /** Milliseconds. */
  gap: number;
}

const shapes = { high: '▲', medium: '◆', low: '●' };

export function LiveLane({ lane: { kind, parts, gap }, window, alerts, loading }: { lane: LaneData; window: LiveRange; alerts: Alert[]; loading: boolean }) {
  const { patient } = useChart();
  const now = useNow();
  // At most two lines; each is made anew only when its own points change.
  const first = useSamples(parts[0]);
  const second = useSamples(parts[1]);
  const lines = useMemo((): Line[] => [{ label: parts[0]!.label, token: '--series-1', points: first }, ...(parts[1] ? [{ label: parts[1].label, token: '--series-2' as const, points: second }] : [])], [first, second, parts[0]!.label, parts[1]?.label]); // eslint-disable-line react-hooks/exhaustive-deps
  const spread = useMemo(() => [...first, ...second].filter((s): s is Sample & Spread => s.low !== undefined && s.high !== undefined), [first, second]);
  const marks = useMemo(() => alerts.map((alert): Mark => ({ time: Date.parse(alert.raisedAt), token: `--alarm-${alert.priority}`, shape: shapes[alert.priority] })), [alerts]);
  const unit = unitText(parts[0]!.unit);
  const sign = vitalSigns.find(({ key }) => key === kind.sign);
  const band = sign && bandFor(sign, patient.birthDate, { time: now, unit });
  const latest = [first.at(-1), ...(parts[1] ? [second.at(-1)] : [])];
  const inRange = lines.reduce((sum, line) => sum + line.points.filter(({ time }) => time >= window.range[0] && time <= window.range[1]).length, 0);
  return (
    <section className={classes.lane} aria-label={kind.name}>
      <header className={classes.laneHead}>
        <h2>{kind.name}</h2>
        {latest[0] ? (
          <span className={classes.latest} title={formatDateTime(latest[0].time)}>
            <strong>{latest.map((sample) => (sample ? formatValue(sample.value) : '–')).join('/')}</strong> {unit}
            <span className="meta"> · {formatAgo(latest[0].time, now)}</span>
          </span>
        ) : (
          <span className="meta">{loading ? 'loading…' : '– nothing was measured in this span'}</span>
        )}
        {parts[0]!.history && parts[0]!.history.resolution !== 'raw' && first.length > 0 && <span className="meta">{`line: mean of each ${parts[0]!.history.resolution}; bars: lowest to highest`}</span>}
      </header>
      {latest[0] && <TimeChart name={kind.name} lines={lines} unit={unit} band={band} range={window.range} onRange={window.zoomTo} syncKey="live" marks={marks} spread={spread} shortestGap={gap} wheel height={112} summary={`${kind.name}, ${inRange} points from ${formatDateTime(window.range[0])} to ${formatDateTime(window.range[1])}. Newest ${latest.map((s) => (s ? formatValue(s.value) : '–')).join('/')} ${unit}. The table has every point.`} />}
    </section>
  );
}

function useSamples(part: LaneData['parts'][number] | undefined): Sample[] {
  const history = useMemo(() => samplesOf(part?.history), [part?.history]);
  return useMemo(() => joined(history, part?.tail), [history, part?.tail]);
}
