import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { saveAs } from '../../lib/csv';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { csvRows, filterNames, trailCsv, useTrail, type Filters } from './audit.api';
import { AuditFilters } from './AuditFilters';
import { AuditTable } from './AuditTable';
import { Days } from './Days';

/** The trail of who saw and did what. The address holds the question, so that it can be asked again. */
export function AuditPage() {
  usePageTitle('Audit');
  useRowKeys();
  const [params, setParams] = useSearchParams();
  const asked = params.toString();
  const filters = useMemo(() => Object.fromEntries(filterNames.flatMap((name) => (new URLSearchParams(asked).get(name) ? [[name, new URLSearchParams(asked).get(name)!]] : []))) as Filters, [asked]);
  return (
    <div className={form.page}>
      <h1>Audit</h1>
      {/* Keyed: a link from elsewhere fills the fields. */}
      <AuditFilters key={asked} filters={filters} search={(next) => setParams(next)} />
      <Trail filters={filters} />
      <Days />
    </div>
  );
}

function Trail({ filters }: { filters: Filters }) {
  const question = useMemo(() => ({ ...filters, from: instant(filters.from), to: instant(filters.to) }), [filters]);
  const list = useTrail(question);
  const csv = useMutation({ mutationFn: () => trailCsv(question), onSuccess: (text) => saveAs(`salus-audit-${new Date().toISOString().slice(0, 10)}.csv`, new Blob([text], { type: 'text/csv' })), gcTime: 0 });
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Section
      title="Entries"
      aside={
        <>
          {list.data && <span role="status">{`${entries.length}${list.hasNextPage ? ' or more' : ''}, newest first`}</span>}
          <Button size="compact-xs" variant="default" loading={csv.isPending} title={`The newest ${csvRows} as a file`} onClick={() => csv.mutate()}>
            CSV
          </Button>
        </>
      }
    >
      <Problem error={csv.error} />
      {list.isError && <ErrorPanel error={list.error} what="The audit trail" retry={() => void list.refetch()} />}
      {list.isPending && <Waiting what="the audit trail" />}
      {list.data && entries.length === 0 && <EmptyState title="No entry matches">Every access is written down, also a failed one. Ask for a longer time or fewer conditions.</EmptyState>}
      {entries.length > 0 && <AuditTable entries={entries} />}
      {list.hasNextPage && (
        <div className={form.foot}>
          <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Earlier entries
          </Button>
        </div>
      )}
    </Section>
  );
}

/** A time typed without a zone is one of the browser's zone; the server wants an instant. */
function instant(value: string | undefined): string | undefined {
  if (!value || /Z|[+-]\d\d:\d\d$/.test(value)) return value;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}
