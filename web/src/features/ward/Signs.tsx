import { formatExact } from '../../lib/dates';
import { amountText, newestOf, news2Of, shortAge, trendOf, unitText } from '../../monitoring/levels';
import type { Reading, State } from '../../monitoring/monitoring.api';
import classes from './Tile.module.css';

interface Props {
  state: State | null;
  now: number;
}

/** The newest value of a sign; grey with its age when it is too old to count; a dash with the reason when there is none. */
export function Sign({ label, state, metrics, part, now }: Props & { label: string; metrics: string[]; part: string }) {
  const reading = newestOf(state, ...metrics);
  if (!reading) return <Missing label={label} why={news2Of(state)?.parts.find((p) => p.name === part)?.why} />;
  return <Value label={label} readings={[reading]} text={amountText(reading)} trend={trendOf(reading)} now={now} />;
}

export function BloodPressure({ state, now }: Props) {
  const systolic = newestOf(state, 'systolic', 'arterial-systolic');
  if (!systolic) return <Missing label="BP" why={news2Of(state)?.parts.find((p) => p.name === 'systolic')?.why} />;
  const diastolic = newestOf(state, systolic.metric === 'systolic' ? 'diastolic' : 'arterial-diastolic');
  return <Value label="BP" readings={diastolic ? [systolic, diastolic] : [systolic]} text={`${amountText(systolic)}/${diastolic ? amountText(diastolic) : '–'}`} trend={trendOf(systolic)} now={now} />;
}

/** What the patient breathes: a flow or a fraction as measured, else what NEWS2 counts. */
export function Oxygen({ state, now }: Props) {
  const reading = newestOf(state, 'oxygen-flow', 'inspired-oxygen');
  const part = news2Of(state)?.parts.find((p) => p.name === 'oxygen');
  if (reading) return <Value label="O₂" readings={[reading]} text={reading.value === 0 || (reading.metric === 'inspired-oxygen' && reading.value <= 21) ? 'air' : `${reading.value}${reading.metric === 'inspired-oxygen' ? '%' : ' L'}`} trend="" now={now} />;
  if (part?.points === null || part?.points === undefined) return <Missing label="O₂" why={part?.why} />;
  return (
    <div className={classes.sign}>
      <span className={classes.label}>O₂</span>
      <span className={classes.value}>{part.points > 0 ? 'yes' : 'air'}</span>
    </div>
  );
}

function Value({ label, readings, text, trend, now }: { label: string; readings: Reading[]; text: string; trend: string; now: number }) {
  const times = readings.map((reading) => Date.parse(reading.time));
  const stale = readings.some((reading) => reading.stale);
  const doubtful = readings.some((reading) => reading.flags.includes('implausible') || reading.flags.includes('questionable'));
  const said = readings.map((r) => `${r.display} ${r.value} ${unitText(r.unit)}, ${formatExact(r.time)}${r.flags.length > 0 ? `, ${r.flags.join(', ')}` : ''}`).join('; ');
  return (
    <div className={classes.sign} data-stale={stale || undefined} title={said + (stale ? '; too old to count' : '')}>
      <span className={classes.label}>
        {label} <span className={classes.age}>{shortAge(Math.min(...times), now)}</span>
        {stale && <span className="visually-hidden"> stale</span>}
      </span>
      <span className={classes.value}>
        {text}
        {doubtful && '?'}
        {trend && <span className={classes.arrow}>{trend}</span>}
      </span>
    </div>
  );
}

const Missing = ({ label, why }: { label: string; why?: string | null }) => (
  <div className={classes.sign} data-stale title={`${label}: ${why ?? 'never measured'}`}>
    <span className={classes.label}>
      {label} <span className={classes.age}>{why === 'missing' || !why ? 'never' : why}</span>
    </span>
    <span className={classes.value}>–</span>
  </div>
);
