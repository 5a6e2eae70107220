import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { formatAgo, formatExact } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { Sparkline } from '../../ui/Sparkline';
import { useNow } from '../../ui/useNow';
import { latestReadingsQuery } from './chart.api';
import classes from './LatestVitals.module.css';
import { useChart } from './useChart';
import { bandFor, positionOf, readingsOf, staleAfter, vitalSigns, type Reading, type VitalSign } from './vitals';

/** The last value of each sign with unit, age, position and trend. */
export function LatestVitals({ inStay }: { inStay: boolean }) {
  const { patientId } = useChart();
  const results = useQueries({ queries: vitalSigns.map((sign) => latestReadingsQuery(patientId, sign.searchCodes)) });
  const failed = results.find((r) => r.isError && !r.data);
  const waiting = results.some((r) => r.isPending && !r.isError);
  const signs = vitalSigns.map((sign, i) => ({ sign, readings: readingsOf(results[i]?.data ?? [], sign.codes).filter((r) => !r.inError) }));
  const none = signs.every((s) => s.readings.length === 0);
  return (
    <Section title="Latest vital signs" aside={<Link to="vitals">Trends</Link>}>
      {failed && <ErrorPanel error={failed.error} what="Some vital signs" retry={() => results.forEach((r) => r.isError && void r.refetch())} />}
      {waiting && none && <Waiting what="vital signs" />}
      {!waiting && !failed && none && <EmptyState title="No vital signs are recorded">They appear once the record holds Observations with the LOINC vital-signs codes.</EmptyState>}
      {!none && (
        <ul className={classes.tiles}>
          {signs.map(({ sign, readings }) => (
            <Tile key={sign.key} sign={sign} readings={readings} inStay={inStay} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const marks = { high: '▲ high', low: '▼ low', inside: '' };

function Tile({ sign, readings, inStay }: { sign: VitalSign; readings: Reading[]; inStay: boolean }) {
  const { patient } = useChart();
  const now = useNow();
  const last = readings.at(-1);
  if (!last) {
    return (
      <li className={classes.tile}>
        <span className={classes.name}>{sign.short}</span>
        <span className={classes.value}>–</span>
        <span className="meta">not recorded</span>
      </li>
    );
  }
  const stale = inStay && sign.bedside && now - last.time > staleAfter;
  const position = positionOf(sign, patient.birthDate, last);
  const values = readings.flatMap((r) => (r.value !== undefined && r.unit === last.unit ? [r.value] : []));
  return (
    <li className={classes.tile} data-position={position} data-stale={stale || undefined}>
      <span className={classes.name}>
        <abbr title={sign.name}>{sign.short}</abbr>
        {position && position !== 'inside' && <span className={classes.mark}>{marks[position]}</span>}
      </span>
      <span className={classes.value}>
        {last.value === undefined ? last.text : formatValue(last.value)}
        {last.value !== undefined && <span className={classes.unit}> {last.unit}</span>}
      </span>
      <Sparkline values={values} band={bandFor(sign, patient.birthDate, last)} width={110} />
      <span className="meta num" title={formatExact(new Date(last.time).toISOString())}>
        {formatAgo(last.time, now)}
        {stale && ' · stale'}
        {change(values)}
      </span>
    </li>
  );
}

/** The difference to the reading before: `· ▲ 4`. */
function change(values: number[]): string {
  const [before, last] = values.slice(-2);
  if (before === undefined || last === undefined) return '';
  const difference = last - before;
  if (Math.abs(difference) < 1e-9) return ' · unchanged';
  return ` · ${difference > 0 ? '↗ +' : '↘ −'}${formatValue(Number(Math.abs(difference).toPrecision(2)))}`;
}
