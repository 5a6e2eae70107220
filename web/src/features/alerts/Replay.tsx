import { Button, NativeSelect, Progress } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { formatDateTime, formatLength } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import form from '../../ui/Form.module.css';
import { useWho, type Rule } from './alerts.api';
import classes from './Alerts.module.css';
import { percent } from './BurdenTable';
import { replayRule, type Replayed, type ReplayedBurden, type ReplayedChange } from './replay.api';

interface Props {
  /** As it is in the form. */
  rule: Rule;
  /** What the server said of a rule that it cannot try. */
  failed: (error: unknown) => void;
}

/** Tries a rule on what was measured, beside the rule as it is. Nothing goes live by it. */
export function Replay({ rule, failed }: Props) {
  const [days, setDays] = useState('7');
  const [done, setDone] = useState(0);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const text = JSON.stringify(rule);
  const replay = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController();
      setDone(0);
      failed(undefined);
      return { tried: text, result: await replayRule(rule, Number(days), setDone, stop.current.signal) };
    },
    onError: (error) => failed(error instanceof DOMException && error.name === 'AbortError' ? undefined : error),
  });
  return (
    <section aria-label="Try it on stored data" className={form.form}>
      <div className={form.row}>
        <Button size="xs" variant="default" loading={replay.isPending} disabled={rule.name === ''} onClick={() => replay.mutate()}>
          Try on stored data
        </Button>
        <NativeSelect size="xs" aria-label="Of the last" value={days} onChange={(event) => setDays(event.currentTarget.value)} data={[{ value: '1', label: 'last day' }, { value: '7', label: 'last 7 days' }, { value: '31', label: 'last 31 days' }]} />
        {replay.isPending && (
          <>
            <Progress aria-label="Replayed" value={100 * done} style={{ flex: '1 1 10rem' }} />
            <span className="num">{Math.floor(100 * done)} %</span>
            <Button size="xs" variant="default" onClick={() => stop.current?.abort()}>
              Stop
            </Button>
          </>
        )}
      </div>
      {replay.data && !replay.isPending && <Compared result={replay.data.result} stale={replay.data.tried !== text} />}
    </section>
  );
}

function Compared({ result, stale }: { result: Replayed; stale: boolean }) {
  const figures: { name: string; of: (side: ReplayedBurden) => string; meta?: string }[] = [
    { name: 'Alerts of this rule', of: (side) => formatCount(side.alerts) },
    { name: 'Per bed and day', of: (side) => side.perBedDay?.toFixed(2) ?? '–' },
    { name: 'Median length', of: (side) => (side.medianSeconds === null ? '–' : formatLength(side.medianSeconds * 1_000)) },
    { name: 'Still raised of those acted upon', of: (side) => share(side.actedUpon), meta: 'sensitivity' },
    { name: 'Outcomes caught', of: (side) => share(side.outcomes) },
    { name: 'Median time before the outcome', of: (side) => (side.outcomes.medianMinutesBefore === null ? '–' : formatLength(Math.max(0, side.outcomes.medianMinutesBefore) * 60_000)) },
    { name: 'Alerts of all rules per bed and day', of: (side) => side.allPerBedDay?.toFixed(2) ?? '–' },
  ];
  const columns: Column<(typeof figures)[number]>[] = [
    { name: 'Figure', cell: (row) => <>{row.name} {row.meta && <span className="meta">{row.meta}</span>}</> },
    { name: 'As it is', numeric: true, cell: (row) => row.of(result.before) },
    { name: 'As in the form', numeric: true, cell: (row) => <strong>{row.of(result.after)}</strong> },
  ];
  return (
    <>
      {stale && <p className={form.warn}>The form was changed after this was tried.</p>}
      <DataTable caption="The rule as it is and as in the form" columns={columns} rows={figures} rowKey={(row) => row.name} />
      <p className={form.text}>
        {formatCount(result.patients)} patients, {formatCount(result.bedDays)} bed-days, {formatCount(result.samples)} values from {formatDateTime(result.from)} to {formatDateTime(result.to)}.
        {result.stored.of > 0 && ` Of ${formatCount(result.stored.of)} alerts that this rule raised then, the rule as it is raises ${formatCount(result.stored.raised)} again.`}
        {' '}An outcome is an alert of high priority that people acted upon, of any rule.
      </p>
      <div className={classes.pair}>
        <Changes title="Would vanish" count={result.goneCount} changes={result.gone} />
        <Changes title="Would appear" count={result.comeCount} changes={result.come} />
      </div>
    </>
  );
}

const share = (caught: { of: number; raised: number }) => (caught.of === 0 ? '– none there' : `${percent(caught.raised, caught.of)} (${formatCount(caught.raised)} of ${formatCount(caught.of)})`);

function Changes({ title, count, changes }: { title: string; count: number; changes: ReplayedChange[] }) {
  const { who } = useWho(changes.flatMap((change) => change.patient ?? []));
  return (
    <section>
      <h3>
        {title}: {formatCount(count)}
      </h3>
      <ul className={form.plainList}>
        {changes.slice(0, 20).map((change, i) => (
          <li key={`${change.at} ${i}`}>
            {formatDateTime(change.at)} {change.patient ? <Link to={`/patients/${change.patient}`}>{who.get(change.patient)?.name ?? change.patient}</Link> : <span className="meta">a patient whom you may not see</span>}
            {change.amount !== null && <span className="num"> {change.amount}</span>}
          </li>
        ))}
      </ul>
      {count > Math.min(changes.length, 20) && <p className={form.text}>and {formatCount(count - Math.min(changes.length, 20))} more</p>}
    </section>
  );
}
