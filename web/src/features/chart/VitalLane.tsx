import { useMemo } from 'react';
import { formatAgo, formatDate, formatDateTime } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import type { Patient } from '../../fhir/types.gen';
import { TimeChart, type Line } from '../../ui/TimeChart';
import { useNow } from '../../ui/useNow';
import { commonUnit, isDrawable, type Lane } from './lanes';
import classes from './Vitals.module.css';
import { useChart } from './useChart';
import type { TimeWindow } from './useTimeRange';
import { bandFor, positionOf, type Reading } from './vitals';

const marks = { high: ' ▲ high', low: ' ▼ low', inside: '' };

export function VitalLane({ lane, window }: { lane: Lane; window: TimeWindow }) {
  const { patient } = useChart();
  const all = useMemo(() => lane.series.flatMap((s) => s.readings), [lane]);
  const unit = commonUnit(all.filter((r) => !r.inError && r.value !== undefined));
  const lines = useMemo(
    (): Line[] =>
      lane.series.map((s, i) => ({
        label: s.label,
        token: i === 0 ? '--series-1' : '--series-2',
        points: s.readings.filter((r) => isDrawable(r, unit)).map((r) => ({ time: r.time, value: r.value })),
      })),
    [lane, unit],
  );
  const latest = lane.series.map((s) => s.readings.filter((r) => !r.inError).at(-1));
  const band = bandOf(lane, patient, latest[0]);
  const left = leftOut(all, unit);
  return (
    <section className={classes.lane} aria-label={lane.name}>
      <header className={classes.laneHead}>
        <h2>{lane.name}</h2>
        <Latest lane={lane} latest={latest} patient={patient} unit={unit} />
        {band && <span className="meta">{bandText(band, unit)}</span>}
        {left && <span className="meta">{left}</span>}
      </header>
      <TimeChart name={lane.name} lines={lines} unit={unit} band={band} range={window.range} onRange={window.zoomTo} syncKey="vitals" summary={summaryOf(lane, lines, unit)} />
    </section>
  );
}

function Latest({ lane, latest, patient, unit }: { lane: Lane; latest: (Reading | undefined)[]; patient: Patient; unit: string }) {
  const now = useNow();
  const first = latest[0];
  if (!first) return null;
  const position = lane.sign ? positionOf(lane.sign, patient.birthDate, first) : undefined;
  const value = latest.map((r) => (r?.value === undefined ? (r?.text ?? '–') : formatValue(r.value))).join('/');
  return (
    <span className={classes.latest} title={formatDateTime(first.time)}>
      <strong>{value}</strong> {unit}
      {position && <span className={classes.mark}>{marks[position]}</span>}
      <span className="meta"> · {formatAgo(first.time, now)}</span>
      {lane.series.length > 1 && <span className="meta">{` · upper line ${lane.series[0]!.label.toLowerCase()}, lower ${lane.series[1]!.label.toLowerCase()}`}</span>}
    </span>
  );
}

/** The NEWS2 band, from the sixteenth birthday on. */
function bandOf(lane: Lane, patient: Patient, latest: Reading | undefined) {
  if (!lane.sign || !latest) return undefined;
  const band = bandFor(lane.sign, patient.birthDate, latest);
  if (!band) return undefined;
  const birth = new Date(patient.birthDate!);
  return { low: band.low, high: band.high, from: new Date(birth.getFullYear() + 16, birth.getMonth(), birth.getDate()).getTime() };
}

function bandText(band: { low?: number; high?: number }, unit: string): string {
  const limits = band.high === undefined ? `≥ ${band.low}` : `${band.low}–${band.high}`;
  return `shaded: NEWS2 scores 0, ${limits} ${unit}`;
}

function leftOut(all: Reading[], unit: string): string {
  const wrong = all.filter((r) => r.inError).length;
  const empty = all.filter((r) => !r.inError && r.value === undefined).length;
  const foreign = all.filter((r) => !r.inError && r.value !== undefined && r.unit !== unit).length;
  const parts = [wrong && `${wrong} entered in error`, empty && `${empty} without a number`, foreign && `${foreign} in another unit`].filter(Boolean);
  return parts.length > 0 ? `not drawn: ${parts.join(', ')}` : '';
}

function summaryOf(lane: Lane, lines: Line[], unit: string): string {
  const parts = lines.map((line) => {
    if (line.points.length === 0) return `${line.label}: no readings`;
    const values = line.points.map((p) => p.value);
    const range = `lowest ${formatValue(values.reduce((a, b) => Math.min(a, b)))}, highest ${formatValue(values.reduce((a, b) => Math.max(a, b)))}, latest ${formatValue(values.at(-1)!)} ${unit}`;
    return `${line.label}: ${line.points.length} readings from ${formatDate(line.points[0]!.time)} to ${formatDate(line.points.at(-1)!.time)}, ${range}`;
  });
  return `${lane.name}. ${parts.join('. ')}. The table view lists every reading.`;
}
