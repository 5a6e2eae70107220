import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { saveAs } from '../lib/csv';
import { formatDateTime } from '../lib/dates';
import { formatValue } from '../lib/numbers';
import { alignLines, type Point } from '../lib/series';
import { timeTicks } from '../lib/ticks';
import { wheelRange, type TimeRange } from '../lib/wheel';
import { drawMarks, drawSpread, spreadLimits, type Mark, type Spread } from './chartMarks';
import classes from './TimeChart.module.css';

export interface Line {
  label: string;
  points: Point[];
  token: '--series-1' | '--series-2';
}

export type { TimeRange };

interface Props {
  name: string;
  lines: Line[];
  unit: string;
  band?: { low?: number; high?: number; from?: number };
  range: TimeRange;
  /** Called with a new range after a drag, with undefined after a double click. */
  onRange: (range: TimeRange | undefined) => void;
  /** Charts with the same key share the cursor. */
  syncKey: string;
  /** What the chart says, for those who can't see it. */
  summary: string;
  height?: number;
  /** Events, drawn as upright lines with a shape. */
  marks?: Mark[];
  /** Lowest and highest of what a point sums up, drawn behind the lines. */
  spread?: Spread[];
  /** Milliseconds below which a pause is never a gap; ten minutes where nothing is said. */
  shortestGap?: number;
  /** The wheel pans (sideways, or with Shift) and zooms (with Ctrl). */
  wheel?: boolean;
}

const colour = (token: string) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();

/** Lines over time on a canvas (uPlot): drag to zoom, double click to go back, gaps stay gaps. */
export function TimeChart(props: Props) {
  const { name, lines, range, summary, height = 132, marks, spread, shortestGap, wheel } = props;
  const { ref, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const data = useMemo(() => alignLines(lines.map((line) => line.points), shortestGap) as uPlot.AlignedData, [lines, shortestGap]);
  const shape = lines.map((line) => line.label).join('|');
  const ready = width > 0;

  useEffect(() => {
    if (!host.current || !ready) return;
    const chart = new uPlot(optionsOf(latest, readout, host.current.clientWidth, height), data, host.current);
    chart.setScale('x', { min: latest.current.range[0], max: latest.current.range[1] });
    plot.current = chart;
    return () => {
      plot.current = null;
      chart.destroy();
    };
    // The data is handed over by the next effect; a new chart is needed only when colours or lines change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scheme, shape, ready, height]);

  useEffect(() => plot.current?.setData(data, false), [data]);
  useEffect(() => plot.current?.setSize({ width: Math.floor(width), height }), [width, height]);
  useEffect(() => plot.current?.setScale('x', { min: range[0], max: range[1] }), [range, data, spread]);
  useEffect(() => plot.current?.redraw(false), [marks]);
  useEffect(() => (wheel && host.current ? listenToWheel(host.current, latest) : undefined), [wheel]);

  return (
    <div ref={ref} className={classes.chart}>
      <div ref={host} role="img" aria-label={summary} style={{ height }} />
      <button type="button" className={classes.save} aria-label={`PNG of ${name}`} title="Save as PNG" onClick={() => host.current && savePicture(host.current, name)}>
        PNG
      </button>
      <span ref={readout} className={classes.readout} aria-hidden="true" />
    </div>
  );
}

/** The canvas as it is, on the ground of the page instead of none. */
function savePicture(host: HTMLElement, name: string): void {
  const source = host.querySelector('canvas');
  if (!source) return;
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [source.width, source.height];
  const context = copy.getContext('2d')!;
  context.fillStyle = colour('--surface');
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(source, 0, 0);
  copy.toBlob((blob) => blob && saveAs(`${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`, blob));
}

type Latest = React.RefObject<Props>;

function optionsOf(latest: Latest, readout: React.RefObject<HTMLSpanElement | null>, width: number, height: number): uPlot.Options {
  const ink = colour('--ink-2');
  const line = colour('--line');
  const axis: uPlot.Axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: '12px system-ui, sans-serif' };
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    scales: { x: { time: true, range: (_, min, max) => [min, max] }, y: { range: (_, min, max) => paddedRange(...spreadLimits(latest.current.spread, latest.current.range, min, max), latest.current.band) } },
    axes: [
      { ...axis, size: 26, gap: 3, splits: (u) => timeTicks(u.scales.x!.min!, u.scales.x!.max!, Math.max(2, Math.floor(u.width / 95))).map((t) => t.time), values: (u, splits) => labelsOf(u, splits) },
      { ...axis, size: 46, gap: 3, space: 18, values: (_, splits) => splits.map((v) => formatValue(Number(v.toPrecision(6)))) },
    ],
    series: [{}, ...latest.current.lines.map((l) => seriesOf(l))],
    cursor: {
      drag: { x: true, y: false, setScale: false },
      sync: { key: latest.current.syncKey, scales: ['x', null] },
      points: { size: 7 },
      // Further than 24 px from a reading there is nothing to read.
      hover: { prox: 24, skip: [null, undefined] },
      bind: {
        dblclick: () => () => {
          latest.current.onRange(undefined);
          return null;
        },
      },
    },
    hooks: {
      drawClear: [(u) => drawBand(u, latest.current.band, colour('--band')), (u) => drawSpread(u, latest.current.spread ?? [], colour('--series-1'))],
      draw: [(u) => drawMarks(u, latest.current.marks ?? [], colour)],
      setCursor: [(u) => showReadout(u, latest.current, readout.current)],
      setSelect: [(u) => zoom(u, latest.current)],
    },
  };
}

function seriesOf(line: Line): uPlot.Series {
  const stroke = colour(line.token);
  return { label: line.label, stroke, width: 1.6, spanGaps: false, points: { size: 5, fill: stroke, stroke } };
}

function labelsOf(u: uPlot, splits: number[]): string[] {
  const ticks = new Map(timeTicks(u.scales.x!.min!, u.scales.x!.max!, Math.max(2, Math.floor(u.width / 95))).map((t) => [t.time, t.label]));
  return splits.map((time) => ticks.get(time) ?? '');
}

/** The axis spans the data, and the limits of the band that are near it, with a little air; it does not start at zero by habit. */
function paddedRange(min: number | null, max: number | null, band: Props['band']): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [band?.low ?? 0, band?.high ?? (band?.low ?? 0) + 1];
  const reach = Math.max(max - min, Math.abs(max) * 0.25);
  const limits = [band?.low, band?.high].filter((n) => n !== undefined && n > min - reach && n < max + reach) as number[];
  const [low, high] = [Math.min(min, ...limits), Math.max(max, ...limits)];
  const air = high === low ? Math.max(1, Math.abs(high) * 0.05) : (high - low) * 0.08;
  return [low - air, high + air];
}

function drawBand(u: uPlot, band: Props['band'], fill: string): void {
  if (!band || (band.low === undefined && band.high === undefined)) return;
  const { left, top, width, height } = u.bbox;
  const inside = (y: number) => Math.min(top + height, Math.max(top, y));
  const upper = band.high === undefined ? top : inside(u.valToPos(band.high, 'y', true));
  const lower = band.low === undefined ? top + height : inside(u.valToPos(band.low, 'y', true));
  const start = band.from === undefined ? left : Math.min(left + width, Math.max(left, u.valToPos(band.from, 'x', true)));
  u.ctx.save();
  u.ctx.fillStyle = fill;
  u.ctx.fillRect(start, upper, left + width - start, lower - upper);
  u.ctx.restore();
}

function showReadout(u: uPlot, props: Props, element: HTMLSpanElement | null): void {
  if (!element) return;
  const index = u.cursor.idx;
  const time = index === null || index === undefined ? undefined : u.data[0][index];
  const values = props.lines.flatMap((line, i) => {
    const value = index === null || index === undefined ? undefined : u.data[i + 1]?.[index];
    return value === null || value === undefined ? [] : [props.lines.length > 1 ? `${line.label} ${formatValue(value)}` : formatValue(value)];
  });
  element.textContent = time === undefined || values.length === 0 ? '' : `${formatDateTime(time)}  ${values.join(', ')} ${props.unit}`;
}

function zoom(u: uPlot, props: Props): void {
  const { left, width } = u.select;
  if (width < 4) return;
  const range: TimeRange = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  props.onRange(range);
}

/** At most one new range for a frame, whatever the wheel sends. */
function listenToWheel(host: HTMLElement, latest: Latest): () => void {
  let frame = 0;
  let next: TimeRange | undefined;
  const onWheel = (event: WheelEvent) => {
    const { left, width } = host.getBoundingClientRect();
    const range = wheelRange(next ?? latest.current.range, event, (event.clientX - left) / width, width);
    if (!range) return;
    event.preventDefault();
    next = range;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      latest.current.onRange(next);
      next = undefined;
    });
  };
  host.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    cancelAnimationFrame(frame);
    host.removeEventListener('wheel', onWheel);
  };
}
