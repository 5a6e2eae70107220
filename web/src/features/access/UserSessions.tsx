import { useQuery } from '@tanstack/react-query';
import { agentName } from '../../lib/agent';
import { formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { userSessionsQuery, type UserSession } from './access.api';

const columns: Column<UserSession>[] = [
  { name: 'With', cell: (s) => s.app ?? agentName(s.agent) },
  { name: 'From', cell: (s) => <span className="mono">{s.address ?? '–'}</span> },
  { name: 'Last seen', cell: (s) => <span className="num">{formatDateTime(s.lastSeenAt)}</span> },
];

export function UserSessions({ id }: { id: string }) {
  const list = useQuery(userSessionsQuery(id));
  return (
    <Section title="Sessions">
      {list.isError && <ErrorPanel error={list.error} what="The sessions" retry={() => void list.refetch()} />}
      {list.isPending && <Waiting what="sessions" />}
      {list.data?.length === 0 && <EmptyState title="Not signed in anywhere" />}
      {list.data && list.data.length > 0 && <DataTable caption="Sessions of this user" columns={columns} rows={list.data} rowKey={(s) => s.id} />}
    </Section>
  );
}
