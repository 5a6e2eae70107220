import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { formatAgo, formatDateTime, formatExact, instantOf } from '../../lib/dates';
import { agentName } from '../../lib/agent';
import { DataTable, type Column } from '../../ui/DataTable';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import { useNow } from '../../ui/useNow';
import form from '../../ui/Form.module.css';
import { endOtherSessions, endSession, sessionsQuery, type OpenSession } from './account.api';

/** Where one is signed in, to find and end what one has forgotten. */
export function Sessions() {
  const client = useQueryClient();
  const list = useQuery(sessionsQuery);
  const now = useNow();
  const onSuccess = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  const end = useMutation({ mutationFn: endSession, onSuccess });
  const endOthers = useMutation({ mutationFn: endOtherSessions, onSuccess });
  const columns: Column<OpenSession>[] = [
    { name: 'With', cell: (s) => <>{s.app ?? agentName(s.agent)} {s.current && <span className={form.mark} data-tone="ok">This one</span>}</> },
    { name: 'From', cell: (s) => <span className="mono">{s.address ?? '–'}</span> },
    { name: 'Signed in', from: 'tablet', cell: (s) => <span className="num">{formatDateTime(s.createdAt)}</span> },
    { name: 'Last seen', cell: (s) => <span className="num" title={formatExact(s.lastSeenAt)}>{formatAgo(instantOf(s.lastSeenAt) ?? now, now)}</span> },
    {
      name: 'Action',
      width: '6rem',
      cell: (s) => (s.current ? '–' : (
        <Button size="compact-xs" variant="default" loading={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)} aria-label={`End the session with ${s.app ?? agentName(s.agent)}`}>
          End
        </Button>
      )),
    },
  ];
  const others = list.data?.some((s) => !s.current) ?? false;
  return (
    <Section
      title="Where I am signed in"
      aside={
        others && (
          <Button size="compact-xs" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        )
      }
    >
      {list.isError && <ErrorPanel error={list.error} what="The sessions" retry={() => void list.refetch()} />}
      {list.isPending && <Waiting what="sessions" />}
      {list.data && <DataTable caption="Sessions" columns={columns} rows={list.data} rowKey={(s) => s.id} />}
      <Problem error={end.error ?? endOthers.error} />
    </Section>
  );
}
