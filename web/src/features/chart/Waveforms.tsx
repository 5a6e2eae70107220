import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { formatDateTime } from '../../lib/dates';
import { ErrorPanel } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { WaveformTrace } from './WaveformTrace';
import { waveformsQuery, type WaveformAnswer } from './waveforms.api';
import { curvesOf, newestOf, questionable, simulated, type Curve } from './waveforms';
import classes from './Waveforms.module.css';

const tokens = ['--series-1', '--series-2'];
/** Behind the server's clock: a device that sends every few seconds is not late yet. */
const late = 8_000;

/** The last seconds of the curves that devices send, where they do. */
export function Waveforms({ patient }: { patient: string }) {
  const { data, error, isError, refetch } = useQuery(waveformsQuery(patient));
  // What stopped stays, and says since when: a curve that vanishes is not missed.
  const [kept, setKept] = useState<WaveformAnswer>();
  if (data?.series.length && data !== kept) setKept(data);
  const shown = data?.series.length ? data : kept;
  const curves = useMemo(() => curvesOf(shown), [shown]);
  const newest = newestOf(curves);
  if (isError) return <ErrorPanel error={error} what="The curves of this patient" retry={() => void refetch()} />;
  if (!data || newest === undefined) return null;
  const made = curves.some(({ runs }) => runs.some(({ flags }) => flags & simulated));
  return (
    <Section title="Waveforms" aside={<span>Some seconds behind; 0.2 s from line to line{curves.some(({ unit }) => unit === 'mV') ? ', 0.5 mV from level to level' : ''}. An overview, not for diagnosis.{made && ' Simulated.'}</span>}>
      {data.to - newest > late && <p className={classes.stopped}>Nothing has come since {formatDateTime(newest)}.</p>}
      {curves.map((curve, i) => (
        <figure key={`${curve.code} ${curve.device}`} className={classes.curve}>
          <figcaption>
            <strong>{curve.display}</strong>
            <span className="meta">
              {Math.round(1000 / (curve.runs[0]?.period ?? 1000))} /s{curve.unit === '1' ? '' : `, ${curve.unit}`}
              {isDoubtful(curve) && <span className={classes.doubt}> · dashed: questionable</span>}
            </span>
          </figcaption>
          <WaveformTrace curve={curve} newest={newest} token={tokens[i % tokens.length]!} summary={`${curve.display}, the last seconds up to ${formatDateTime(newest)}.`} />
        </figure>
      ))}
    </Section>
  );
}

const isDoubtful = ({ runs }: Curve) => runs.some(({ flags }) => flags & questionable);
