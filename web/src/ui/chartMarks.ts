// What a chart over time draws beside its lines.
import type uPlot from 'uplot';
import type { TimeRange } from '../lib/wheel';

/** An event. */
export interface Mark {
  time: number;
  token: '--alarm-high' | '--alarm-medium' | '--alarm-low';
  /** Says the kind without colour. */
  shape: string;
}

/** The lowest and highest of what one point of a line sums up. */
export interface Spread {
  time: number;
  low: number;
  high: number;
}

/** The limits of the lines, widened by what is spread within the range. */
export function spreadLimits(spread: Spread[] | undefined, [begin, end]: TimeRange, min: number | null, max: number | null): [number | null, number | null] {
  if (!spread || min === null || max === null) return [min, max];
  let [low, high] = [min, max];
  for (const part of spread)
    if (part.time >= begin && part.time <= end) {
      low = Math.min(low, part.low);
      high = Math.max(high, part.high);
    }
  return [low, high];
}

export function drawSpread(u: uPlot, spread: Spread[], stroke: string): void {
  if (spread.length === 0) return;
  const { min = 0, max = 0 } = u.scales.x!;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  u.ctx.clip();
  u.ctx.globalAlpha = 0.3;
  u.ctx.strokeStyle = stroke;
  u.ctx.lineWidth = Math.max(1, Math.min(6, (u.bbox.width / spread.length) * 0.8));
  u.ctx.beginPath();
  for (const { time, low, high } of spread) {
    if (time < min || time > max) continue;
    const x = u.valToPos(time, 'x', true);
    u.ctx.moveTo(x, u.valToPos(low, 'y', true));
    u.ctx.lineTo(x, u.valToPos(high, 'y', true));
  }
  u.ctx.stroke();
  u.ctx.restore();
}

export function drawMarks(u: uPlot, marks: Mark[], colour: (token: string) => string): void {
  const { left, top, width, height } = u.bbox;
  const size = Math.round(12 * (u.ctx.canvas.width / Math.max(1, u.width)));
  u.ctx.save();
  u.ctx.font = `${size}px system-ui, sans-serif`;
  u.ctx.textAlign = 'center';
  u.ctx.textBaseline = 'top';
  for (const { time, token, shape } of marks) {
    const x = u.valToPos(time, 'x', true);
    if (x < left || x > left + width) continue;
    // The shape in ink: alarm colours are grounds for text, too pale for a glyph on white.
    u.ctx.strokeStyle = colour(token);
    u.ctx.lineWidth = size / 5;
    u.ctx.beginPath();
    u.ctx.moveTo(x, top + size);
    u.ctx.lineTo(x, top + height);
    u.ctx.stroke();
    u.ctx.fillStyle = colour('--ink');
    u.ctx.fillText(shape, x, top - size / 2);
  }
  u.ctx.restore();
}
