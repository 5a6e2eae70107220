import { Button, TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { useLooks } from './audit.api';
import { kindMark } from './kinds';
import { visits, type Visit } from './looks';

const columns: Column<Visit>[] = [
  { name: 'When', width: '13rem', cell: (visit) => <span className="num">{visit.when}</span> },
  {
    name: 'Who',
    cell: (visit) => (
      <>
        {visit.who}
        {visit.role && <span className="meta"> {visit.role}</span>}
      </>
    ),
  },
  {
    name: 'What',
    cell: (visit) => (
      <>
        {visit.what.join(', ')}
        {visit.times > 1 && <span className="meta"> {visit.times} times</span>}
      </>
    ),
  },
  { name: 'Why', cell: (visit) => <>{kindMark('', visit.breakGlass)} {visit.why ?? '–'}</> },
];

/** For patients, and for those who stand in for them: who looked at the record. */
export function WhoLookedPage() {
  usePageTitle('Who looked at my record');
  const [params, setParams] = useSearchParams();
  const from = params.get('from') ?? '';
  const to = params.get('to') ?? '';
  const list = useLooks(from, to);
  const rows = visits(list.data?.pages.flatMap((page) => page.entries) ?? []);
  const set = (part: { from?: string; to?: string }) => setParams(Object.fromEntries(Object.entries({ from, to, ...part }).filter(([, value]) => value)), { replace: true });
  return (
    <div className={form.narrow}>
      <h1>Who looked at my record</h1>
      <p className={form.text}>Everybody who opened it, with the time and the reason. Is there something that you do not understand? Ask the privacy officer of the hospital.</p>
      <search className={form.filters}>
        <TextInput type="date" label="From" value={from} onChange={(event) => set({ from: event.currentTarget.value })} />
        <TextInput type="date" label="To" value={to} onChange={(event) => set({ to: event.currentTarget.value })} />
      </search>
      <Section title="Who and when">
        {list.isError && <ErrorPanel error={list.error} what="The list" retry={() => void list.refetch()} />}
        {list.isPending && <Waiting what="the list" />}
        {list.data && rows.length === 0 && <EmptyState title={from || to ? 'Nobody in this time' : 'Nobody has opened your record yet'} />}
        {rows.length > 0 && <DataTable caption="Who looked at my record" columns={columns} rows={rows} rowKey={(visit) => visit.key} />}
        {list.hasNextPage && (
          <div className={form.foot}>
            <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Earlier
            </Button>
          </div>
        )}
      </Section>
    </div>
  );
}
