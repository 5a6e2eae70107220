import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { pollEvery } from './waveforms.api';
import { headAt, questionable, rangeOf, type Curve } from './waveforms';

/** Milliseconds of a curve that are shown: as many as there is room for, up to what is asked for. */
const spanOf = (width: number) => Math.min(8_000, Math.max(3_000, width * 10));
const lag = pollEvery + 500;
const height = 108;

const colour = (token: string) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();

/** One curve on a canvas. It runs from right to left with the clock; who wants less motion sees it stand, and change with each answer. */
export function WaveformTrace({ curve, newest, token, summary }: { curve: Curve; newest: number; token: string; summary: string }) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = useRef<{ head: number; at: number }>(undefined);
  const still = useReducedMotion();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context || width === 0) return;
    const ratio = devicePixelRatio || 1;
    canvas.current.width = Math.round(width * ratio);
    canvas.current.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const range = rangeOf(curve);
    const colours = { line: colour(token), grid: colour('--line'), doubt: colour('--medium') };
    let frame = 0;
    const draw = () => {
      const at = performance.now();
      const head = still ? newest : headAt(at, shown.current, newest, lag);
      shown.current = { head, at };
      paint(context, width, curve, head, range, colours);
      if (!still) frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [curve, newest, width, token, still, scheme]);
  return (
    <div ref={ref} style={{ height }}>
      <canvas ref={canvas} role="img" aria-label={summary} style={{ width: '100%', height, display: 'block' }} />
    </div>
  );
}

function paint(context: CanvasRenderingContext2D, width: number, { unit, runs }: Curve, head: number, [low, high]: [number, number], colours: { line: string; grid: string; doubt: string }) {
  const span = spanOf(width);
  const begin = head - span;
  const x = (time: number) => ((time - begin) / span) * width;
  const y = (value: number) => height - ((value - low) / (high - low)) * height;
  context.clearRect(0, 0, width, height);
  context.strokeStyle = colours.grid;
  context.lineWidth = 1;
  context.beginPath();
  // As on paper: an upright line for each 0.2 s, a level one for each half millivolt.
  for (let time = Math.ceil(begin / 200) * 200; time < head; time += 200) upright(context, x(time));
  if (unit === 'mV') for (let value = Math.ceil(low * 2) / 2; value < high; value += 0.5) level(context, y(value), width);
  context.stroke();
  for (const run of runs) {
    const first = Math.max(0, Math.floor((begin - run.start) / run.period));
    const last = Math.min(run.values.length, Math.ceil((head - run.start) / run.period));
    if (first >= last) continue;
    context.strokeStyle = run.flags & questionable ? colours.doubt : colours.line;
    context.setLineDash(run.flags & questionable ? [4, 3] : []);
    context.lineWidth = 1.5;
    context.beginPath();
    for (let i = first; i < last; i++) context.lineTo(x(run.start + i * run.period), y(run.values[i]!));
    context.stroke();
  }
  context.setLineDash([]);
}

function upright(context: CanvasRenderingContext2D, at: number) {
  context.moveTo(Math.round(at) + 0.5, 0);
  context.lineTo(Math.round(at) + 0.5, height);
}

function level(context: CanvasRenderingContext2D, at: number, width: number) {
  context.moveTo(0, Math.round(at) + 0.5);
  context.lineTo(width, Math.round(at) + 0.5);
}
