import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { saveAs, toCsv } from '../../lib/csv';
import { formatDateTime } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { burdenQuery, type Burden } from './alerts.api';
import classes from './Alerts.module.css';
import { AlertsTabs } from './AlertsTabs';
import { BurdenTable, percent } from './BurdenTable';

const spans = ['1', '7', '30'];

/** How much the alarms ask of people, and how often they were right to ask. */
export function BurdenPage() {
  usePageTitle('Alarm burden');
  const [params, setParams] = useSearchParams();
  const days = spans.includes(params.get('days') ?? '') ? params.get('days')! : '7';
  const { data, isError, isPending, error, refetch } = useQuery(burdenQuery(Number(days)));
  return (
    <div className={form.page}>
      <h1>Alerts</h1>
      <AlertsTabs />
      <div className={classes.tools}>
        <SegmentedControl size="xs" aria-label="Over" value={days} onChange={(value) => setParams({ days: value }, { replace: true })} data={spans.map((value) => ({ value, label: value === '1' ? '24 h' : `${value} d` }))} />
        {data && (
          <Button size="xs" variant="default" onClick={() => saveAs(`alarm-burden-${days}d.csv`, new Blob([burdenCsv(data)], { type: 'text/csv' }))}>
            CSV
          </Button>
        )}
      </div>
      <Section title="Alarm burden by rule" aside={data && `${formatDateTime(data.from)} to ${formatDateTime(data.to)}, ${data.bedDays < 10 ? data.bedDays.toFixed(1) : formatCount(Math.round(data.bedDays))} bed-days`}>
        {isError && <ErrorPanel error={error} what="The alarm burden" retry={() => void refetch()} />}
        {isPending && <Waiting what="the alarm burden" />}
        {data && <Total burden={data} />}
        {data?.rules.length === 0 && <EmptyState title="No alert was raised in this time">Each rule that raised one stands here, with what people did about it.</EmptyState>}
        {data && data.rules.length > 0 && <BurdenTable burden={data} />}
      </Section>
    </div>
  );
}

function Total({ burden }: { burden: Burden }) {
  const sum = (of: 'alerts' | 'acknowledged' | 'actedUpon' | 'escalated') => burden.rules.reduce((total, rule) => total + rule[of], 0);
  const alerts = sum('alerts');
  if (alerts === 0 || burden.bedDays === 0) return null;
  return (
    <p className={form.foot}>
      <strong className="num">{(alerts / burden.bedDays).toFixed(1)} alerts per bed per day</strong>
      <span className="num">{`${formatCount(alerts)} alerts, ${percent(sum('acknowledged'), alerts)} acknowledged, ${percent(sum('actedUpon'), alerts)} acted upon, ${percent(sum('escalated'), alerts)} escalated`}</span>
    </p>
  );
}

const burdenCsv = (burden: Burden): string =>
  toCsv(
    ['rule', 'title', 'priority', 'alerts', 'per bed-day', 'median s to acknowledge', 'acknowledged', 'acted upon', 'escalated'],
    burden.rules.map((r) => [r.rule, r.title, r.priority, r.alerts, r.perBedDay ?? undefined, r.medianSecondsToAcknowledge ?? undefined, r.acknowledged, r.actedUpon, r.escalated]),
  );
