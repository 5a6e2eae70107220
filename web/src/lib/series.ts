export interface Point {
  time: number;
  value: number;
}

/** Column form for a chart: one array of times, then one of values per line. null breaks a line, undefined leaves it alone. */
export type Columns = [number[], ...(number | null | undefined)[][]];

const shortestGap = 10 * 60_000;

/** A pause longer than this is a gap: four times the usual spacing, and never less than `shortest`, ten minutes where nothing else is said. */
export function gapLength(times: number[], shortest = shortestGap): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!).filter((step) => step > 0);
  if (steps.length < 2) return Infinity;
  const median = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  return Math.max(shortest, 4 * median);
}

/** Puts lines on one time axis. Nothing is interpolated: where measurements paused, the line is broken. */
export function alignLines(lines: Point[][], shortest?: number): Columns {
  const measured = [...new Set(lines.flatMap((line) => line.map((p) => p.time)))].sort((a, b) => a - b);
  const gap = gapLength(measured, shortest);
  const times: number[] = [];
  const breaks = new Set<number>();
  measured.forEach((time, i) => {
    const before = measured[i - 1];
    if (before !== undefined && time - before > gap) {
      times.push(before + 1);
      breaks.add(before + 1);
    }
    times.push(time);
  });
  const columns = lines.map((line) => {
    const values = new Map(line.map((p) => [p.time, p.value]));
    return times.map((time) => (breaks.has(time) ? null : values.get(time)));
  });
  return [times, ...columns];
}
