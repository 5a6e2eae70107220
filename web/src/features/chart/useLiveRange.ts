import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { TimeRange } from '../../ui/TimeChart';
import { useNow } from '../../ui/useNow';

const hour = 3_600_000;
export const spans = [
  { value: '1h', label: '1 h', length: hour },
  { value: '6h', label: '6 h', length: 6 * hour },
  { value: '24h', label: '24 h', length: 24 * hour },
  { value: '3d', label: '3 d', length: 72 * hour },
];
const standard = spans[2]!;
/** What is shown up to now is asked for again this often; between, the stream adds to it. */
const slot = 300_000;
const shortest = 10_000;

export interface LiveRange {
  range: TimeRange;
  /** What to ask the server for: follows the range once that stands still. */
  asked: TimeRange;
  name: string;
  choose: (span: string) => void;
  zoomTo: (range: TimeRange | undefined) => void;
}

/** The time window of the live chart: the last hours up to now, which moves; or what somebody zoomed to, which stands. The address holds it: `?span=6h`, `?from=&to=`. */
export function useLiveRange(): LiveRange {
  const now = useNow();
  const [params, setParams] = useSearchParams();
  const span = spans.find(({ value }) => value === params.get('span')) ?? standard;
  const [zoomed, setZoomed] = useState<TimeRange | undefined>(() => {
    const [from, to] = [Date.parse(params.get('from') ?? ''), Date.parse(params.get('to') ?? '')];
    return from < to ? [from, to] : undefined;
  });
  const [settled] = useDebouncedValue(zoomed, 300);
  useEffect(() => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, time] of [['from', settled?.[0]], ['to', settled?.[1]]] as const) {
          if (time === undefined) after.delete(name);
          else after.set(name, new Date(time).toISOString());
        }
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  }, [settled, setParams]);
  const begin = Math.floor(now / slot) * slot;
  const asked = useMemo((): TimeRange => settled ?? [begin - span.length, begin + slot], [settled, begin, span.length]);
  const range = useMemo((): TimeRange => zoomed ?? [now - span.length, now + span.length * 0.01], [zoomed, now, span.length]);
  const zoomTo = (next: TimeRange | undefined) => setZoomed(next && next[1] - next[0] < shortest ? zoomed : next);
  const choose = (value: string) => {
    setZoomed(undefined);
    setParams((before) => (before.set('span', value), before), { replace: true, preventScrollReset: true });
  };
  return { range, asked, name: zoomed ? 'custom' : span.value, choose, zoomTo };
}
