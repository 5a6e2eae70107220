import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatTime } from '../../lib/dates';
import { formatCount } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { Facts } from './Facts';
import { HealthChecks } from './HealthChecks';
import { systemQuery, type SystemState } from './system.api';
import classes from './SystemPage.module.css';

export function SystemPage() {
  usePageTitle('System');
  const { data, error, isError, dataUpdatedAt, refetch } = useQuery(systemQuery);
  return (
    <div className={classes.page}>
      <div className={classes.heading}>
        <h1>System</h1>
        {data && (
          <span className="meta num">
            {isError ? 'Not refreshed since ' : 'As of '}
            {formatTime(dataUpdatedAt)}, every 5 s while visible
          </span>
        )}
      </div>
      {isError && <ErrorPanel error={error} what="The state of the system" retry={() => void refetch()} />}
      {!data && !isError && <Waiting what="the state of the system" />}
      {data && data.demo && data.demo.running && <DemoProgress demo={data.demo} />}
      <div className={classes.grid} data-old={(isError && data !== undefined) || undefined}>
        <div className={classes.column}>
          {data && <Facts system={data} />}
          <HealthChecks />
          {data && <Feed feed={data.feed} />}
        </div>
        {data && <Counts system={data} />}
      </div>
    </div>
  );
}

function DemoProgress({ demo }: { demo: NonNullable<SystemState['demo']> }) {
  const percent = demo.planned > 0 ? Math.min(100, (100 * demo.loaded) / demo.planned) : 0;
  return (
    <Section title="Demo hospital is being loaded" aside={<span className="num">{`${formatCount(demo.loaded)} of ${formatCount(demo.planned)} patients`}</span>}>
      <div className={classes.progress}>
        <Progress value={percent} size="md" aria-label="Demo hospital loaded" />
      </div>
    </Section>
  );
}

type Consumer = SystemState['feed']['consumers'][number];

const consumerColumns: Column<Consumer>[] = [
  { name: 'Consumer', cell: (c) => c.name },
  { name: 'Position', numeric: true, cell: (c) => formatCount(c.position) },
  { name: 'Behind', numeric: true, cell: (c) => (c.lag === 0 ? 'up to date' : `${formatCount(c.lag)} ${c.lag === 1 ? 'change' : 'changes'}`) },
];

function Feed({ feed }: { feed: SystemState['feed'] }) {
  return (
    <Section title="Change feed" aside={<span className="num">head {formatCount(feed.head)}</span>}>
      {feed.consumers.length === 0 ? (
        <EmptyState title="Nobody reads the feed">Consumers appear here once a module subscribes to committed changes.</EmptyState>
      ) : (
        <DataTable caption="Feed consumers" columns={consumerColumns} rows={feed.consumers} rowKey={(c) => c.name} />
      )}
    </Section>
  );
}

function Counts({ system }: { system: SystemState }) {
  const rows = [...system.counts].sort((a, b) => b.count - a.count || a.type.localeCompare(b.type));
  const largest = Math.max(1, ...rows.map((row) => row.count));
  const columns: Column<SystemState['counts'][number]>[] = [
    { name: 'Type', cell: (row) => row.type },
    { name: 'Current', numeric: true, width: '7rem', cell: (row) => formatCount(row.count) },
    { name: 'Share', from: 'tablet', width: '45%', cell: (row) => <span className={classes.bar} style={{ width: `${(100 * row.count) / largest}%` }} aria-hidden="true" /> },
  ];
  return (
    <Section title="Resources" aside={<span className="num">{formatCount(system.total)} in all</span>}>
      {rows.length === 0 ? (
        <EmptyState title="The record is empty">Each resource type appears here with its count once something is stored.</EmptyState>
      ) : (
        <DataTable caption="Current resources by type, most frequent first" columns={columns} rows={rows} rowKey={(row) => row.type} />
      )}
    </Section>
  );
}
