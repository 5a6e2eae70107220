import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { formatAgo, formatExact, instantOf } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { useNow } from '../../ui/useNow';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { useUsers, type User } from './access.api';
import { AccessTabs } from './AccessTabs';
import { InviteDialog } from './InviteDialog';
import { factorText, UserMark } from './UserMark';

const states = ['active', 'locked', 'invited', 'disabled'];

export function UsersPage() {
  usePageTitle('Users');
  useRowKeys();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(() => params.get('query') ?? '');
  const [query] = useDebouncedValue(text.trim(), 200);
  const state = params.get('state') ?? '';
  const [inviting, setInviting] = useState(false);
  const list = useUsers(query, state);
  const users = list.data?.pages.flatMap((page) => page.users) ?? [];
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Users</h1>
        <Button size="xs" onClick={() => setInviting(true)}>
          Invite somebody
        </Button>
      </div>
      <AccessTabs />
      <search className={form.filters}>
        <TextInput label="Name or user name" data-search type="search" value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        <NativeSelect label="State" value={state} onChange={(event) => setParams(event.currentTarget.value ? { state: event.currentTarget.value } : {}, { replace: true })} data={[{ value: '', label: 'All' }, ...states]} />
      </search>
      <Section title="Accounts">
        {list.isError && <ErrorPanel error={list.error} what="The list of users" retry={() => void list.refetch()} />}
        {list.isPending && <Waiting what="users" />}
        {list.data && users.length === 0 && <EmptyState title="Nobody matches">Names match from their beginning. Clear the fields to see everybody.</EmptyState>}
        {users.length > 0 && <Users users={users} />}
        {list.hasNextPage && (
          <div className={form.foot}>
            <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Load more
            </Button>
          </div>
        )}
      </Section>
      <InviteDialog opened={inviting} close={() => setInviting(false)} />
    </div>
  );
}

function Users({ users }: { users: User[] }) {
  const now = useNow();
  const columns: Column<User>[] = [
    {
      name: 'Name',
      cell: (user) => (
        <Link to={`/users/${user.id}`} data-row-link>
          {user.name}
        </Link>
      ),
    },
    { name: 'User name', from: 'tablet', cell: (user) => user.userName ?? '–' },
    { name: 'Roles', cell: (user) => user.roles.join(', ') || 'none' },
    { name: 'Second factor', from: 'desktop', cell: (user) => factorText(user.secondFactor) },
    { name: 'Last seen', from: 'tablet', cell: (user) => <span className="num" title={formatExact(user.lastSeenAt ?? undefined)}>{user.lastSeenAt ? formatAgo(instantOf(user.lastSeenAt) ?? now, now) : 'never'}</span> },
    { name: 'State', width: '6rem', cell: (user) => <UserMark state={user.state} /> },
  ];
  return <DataTable caption="Users" columns={columns} rows={users} rowKey={(user) => user.id} />;
}
