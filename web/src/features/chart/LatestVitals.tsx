import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { formatAgo, formatExact } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { Sparkline } from '../../ui/Sparkline';
import { useNow } from '../../ui/useNow';
import { latestReadingsQuery } from './chart.api';
import { lanesOf, type Lane } from './lanes';
import classes from './LatestVitals.module.css';
import { useChart } from './useChart';
import { bandFor, positionOf, staleAfter, vitalSigns, type Reading } from './vitals';

const searches = [...new Map(vitalSigns.map((sign) => [sign.searchCodes[0], sign.searchCodes])).values()];

/** The last value of each sign with unit, age, position and trend. */
export function LatestVitals({ inStay }: { inStay: boolean }) {
  const { patientId } = useChart();
  const results = useQueries({ queries: searches.map((codes) => latestReadingsQuery(patientId, codes)) });
  const failed = results.find((r) => r.isError && !r.data);
  const waiting = results.some((r) => r.isPending && !r.isError);
  const lanes = lanesOf(results.flatMap((r) => r.data ?? [])).filter((lane) => lane.sign);
  const none = lanes.every((lane) => lane.series[0]!.readings.length === 0);
  return (
    <Section title="Latest vital signs" aside={<Link to="vitals">Trends</Link>}>
      {failed && <ErrorPanel error={failed.error} what="Some vital signs" retry={() => results.forEach((r) => r.isError && void r.refetch())} />}
      {waiting && none && <Waiting what="vital signs" />}
      {!waiting && !failed && none && <EmptyState title="No vital signs are recorded">They appear once the record holds Observations with the LOINC vital-signs codes.</EmptyState>}
      {!none && (
        <ul className={classes.tiles}>
          {lanes.map((lane) => (
            <Tile key={lane.key} lane={lane} inStay={inStay} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const marks = { high: '▲ high', low: '▼ low', inside: '' };
const shortName = (lane: Lane) => (lane.key === 'bp' ? 'BP' : lane.sign!.short);
const usable = (readings: Reading[]) => readings.filter((r) => !r.inError);

function Tile({ lane, inStay }: { lane: Lane; inStay: boolean }) {
  const { patient } = useChart();
  const now = useNow();
  const sign = lane.sign!;
  const readings = usable(lane.series[0]!.readings);
  const last = readings.at(-1);
  if (!last) {
    return (
      <li className={classes.tile}>
        <span className={classes.name}>{shortName(lane)}</span>
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
        <abbr title={lane.name}>{shortName(lane)}</abbr>
        {position && position !== 'inside' && <span className={classes.mark}>{marks[position]}</span>}
      </span>
      <Value lane={lane} last={last} />
      {values.length > 1 && <Sparkline values={values} band={bandFor(sign, patient.birthDate, last)} width={110} />}
      <span className="meta num" title={formatExact(new Date(last.time).toISOString())}>
        {formatAgo(last.time, now)}
        {stale && ' · stale'}
        {change(values)}
      </span>
    </li>
  );
}

/** Blood pressure shows both figures only if they were measured together. */
function Value({ lane, last }: { lane: Lane; last: Reading }) {
  if (last.value === undefined) return <span className={classes.value} data-text>{last.text}</span>;
  const partner = lane.series[1] && usable(lane.series[1].readings).find((r) => r.time === last.time);
  const second = lane.series[1] ? `/${partner?.value === undefined ? '–' : formatValue(partner.value)}` : '';
  return (
    <span className={classes.value}>
      {formatValue(last.value) + second}
      <span className={classes.unit}> {last.unit}</span>
    </span>
  );
}

/** The difference to the reading before. */
function change(values: number[]): string {
  const [before, last] = values.slice(-2);
  if (before === undefined || last === undefined) return '';
  const difference = last - before;
  if (Math.abs(difference) < 1e-9) return ' · → 0';
  return ` · ${difference > 0 ? '↗ +' : '↘ −'}${formatValue(Number(Math.abs(difference).toPrecision(2)))}`;
}
