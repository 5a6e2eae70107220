import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { TimeRange } from '../../ui/TimeChart';

const day = 86_400_000;
export const presets: { value: string; label: string; length: number }[] = [
  { value: '24h', label: '24 h', length: day },
  { value: '7d', label: '7 d', length: 7 * day },
  { value: '30d', label: '30 d', length: 30 * day },
  { value: '1y', label: '1 y', length: 365.25 * day },
  { value: '5y', label: '5 y', length: 5 * 365.25 * day },
  { value: 'all', label: 'All', length: Infinity },
];

export interface TimeWindow {
  range: TimeRange;
  /** The preset in force, or `custom` after a zoom. */
  name: string;
  choose: (preset: string) => void;
  zoomTo: (range: TimeRange | undefined) => void;
}

/** The time window of the charts, kept in the address: `?range=24h` counts back from the newest reading, `?from=&to=` is a zoom. */
export function useTimeRange(first: number, last: number, standard: string): TimeWindow {
  const [params, setParams] = useSearchParams();
  const name = params.get('range') ?? standard;
  const [from, to] = [Date.parse(params.get('from') ?? ''), Date.parse(params.get('to') ?? '')];
  const custom = from < to;
  const length = presets.find((p) => p.value === name)?.length ?? Infinity;
  const range = useMemo((): TimeRange => {
    if (custom) return [from, to];
    const begin = Number.isFinite(length) ? last - length : first;
    const air = Math.max(60_000, (last - begin) * 0.02);
    return [begin - (Number.isFinite(length) ? 0 : air), last + air];
  }, [custom, from, to, length, first, last]);

  const write = useCallback(
    (values: Record<string, string | undefined>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(values)) {
            if (value === undefined) after.delete(key);
            else after.set(key, value);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  const choose = useCallback((preset: string) => write({ range: preset, from: undefined, to: undefined }), [write]);
  const zoomTo = useCallback((r: TimeRange | undefined) => write({ from: r && new Date(r[0]).toISOString(), to: r && new Date(r[1]).toISOString() }), [write]);
  return { range, name: custom ? 'custom' : name, choose, zoomTo };
}
