import { queryOptions } from '@tanstack/react-query';
import { getJson } from '../../lib/http';

/** GET /telemetry/{patient}/waveforms: the numbers of a run stand in `data` with spaces between; a value is origin + factor * number. Times and period in milliseconds. */
export interface WaveformAnswer {
  from: number;
  to: number;
  series: { code: string; display: string; unit: string; device: string; runs: { start: number; period: number; origin: number; factor: number; flags: number; data: string }[] }[];
}

/** How often what is new is asked for; where there are no curves, whether there are some now. */
export const pollEvery = 4_000;
const glanceEvery = 20_000;
/** Without `from` the server answers the last ten seconds; what is drawn and what comes until the next answer need a little more. */
const behind = 10_000;

export const waveformsQuery = (patient: string) =>
  queryOptions({
    queryKey: ['monitoring', 'waveforms', patient],
    // From where the last answer ended, by the server's clock: that of this machine may be off.
    queryFn: ({ signal, client }) => {
      const last = client.getQueryData<WaveformAnswer>(['monitoring', 'waveforms', patient]);
      return getJson<WaveformAnswer>(`/telemetry/${encodeURIComponent(patient)}/waveforms${last ? `?from=${last.to - behind}` : ''}`, signal);
    },
    refetchInterval: (query) => (query.state.data?.series.length ? pollEvery : glanceEvery),
    // What stood still in another tab is not where it left off.
    gcTime: 0,
    retry: false,
  });
