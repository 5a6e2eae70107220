import { toCsv } from '../../lib/csv';
import type { TimeRange } from '../../ui/TimeChart';
import type { Lane } from './lanes';
import type { Reading, VitalSign } from './vitals';

export interface ReadingRow {
  key: string;
  name: string;
  sign?: VitalSign;
  reading: Reading;
}

/** Every reading in the window, newest first, errors included. */
export function readingRows(lanes: Lane[], [begin, end]: TimeRange): ReadingRow[] {
  return lanes
    .flatMap((lane) => lane.series.flatMap((s) => s.readings.map((reading) => ({ key: `${reading.observation.id}-${s.label}`, name: lane.series.length > 1 ? `${lane.name}, ${s.label.toLowerCase()}` : lane.name, sign: lane.sign, reading }))))
    .filter(({ reading }) => reading.time >= begin && reading.time <= end)
    .sort((a, b) => b.reading.time - a.reading.time);
}

export function readingsCsv(rows: ReadingRow[]): string {
  return toCsv(
    ['time', 'sign', 'value', 'unit', 'text', 'status', 'code', 'observation'],
    rows.map(({ name, reading }) => {
      const coding = reading.observation.code.coding?.[0];
      return [new Date(reading.time).toISOString(), name, reading.value, reading.unit, reading.text, reading.observation.status, `${coding?.system ?? ''}|${coding?.code ?? ''}`, `Observation/${reading.observation.id}`];
    }),
  );
}
