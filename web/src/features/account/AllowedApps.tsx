import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import { appsQuery, removeApp, type AllowedApp } from './account.api';

/** Apps that may act for one, until one takes that back. */
export function AllowedApps() {
  const client = useQueryClient();
  const list = useQuery(appsQuery);
  const remove = useMutation({ mutationFn: removeApp, onSuccess: () => client.invalidateQueries({ queryKey: appsQuery.queryKey }) });
  const columns: Column<AllowedApp>[] = [
    { name: 'App', cell: (app) => app.client.name },
    { name: 'May', from: 'tablet', cell: (app) => <span className="mono">{app.scopes.join(' ')}</span> },
    { name: 'Allowed', from: 'desktop', cell: (app) => <span className="num">{formatDateTime(app.grantedAt)}</span> },
    { name: 'Last used', cell: (app) => <span className="num">{app.lastUsedAt ? formatDateTime(app.lastUsedAt) : 'never'}</span> },
    {
      name: 'Action',
      width: '7rem',
      cell: (app) => (
        <Button size="compact-xs" variant="default" loading={remove.isPending && remove.variables === app.id} onClick={() => remove.mutate(app.id)} aria-label={`Take back what ${app.client.name} may`}>
          Take back
        </Button>
      ),
    },
  ];
  return (
    <Section title="Apps I have allowed">
      {list.isError && <ErrorPanel error={list.error} what="The apps" retry={() => void list.refetch()} />}
      {list.isPending && <Waiting what="apps" />}
      {list.data?.length === 0 && <EmptyState title="No app acts for you">When an app asks for your data and you allow it, it appears here, and you can take that back.</EmptyState>}
      {list.data && list.data.length > 0 && <DataTable caption="Apps I have allowed" columns={columns} rows={list.data} rowKey={(app) => app.id} />}
      <Problem error={remove.error} />
    </Section>
  );
}
