import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDateTime } from '../../lib/dates';
import { passkeysSupported } from '../../lib/passkey';
import { Reauthenticate } from '../../session/Reauthenticate';
import { needsProof, renewSession } from '../../session/session.api';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { PasskeysElsewhere } from '../../session/PasskeysElsewhere';
import { Section } from '../../ui/Section';
import form from '../../ui/Form.module.css';
import { addPasskey, passkeysQuery, removePasskey, type Passkey } from './account.api';

/** Passkeys sign in without a password and count as both factors. */
export function Passkeys() {
  const client = useQueryClient();
  const list = useQuery(passkeysQuery);
  const [name, setName] = useState('');
  const changed = async () => {
    setName('');
    await client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    await renewSession(client);
  };
  const add = useMutation({ mutationFn: () => addPasskey(name.trim() || 'Passkey'), onSuccess: changed, gcTime: 0 });
  const remove = useMutation({ mutationFn: removePasskey, onSuccess: changed });
  const columns: Column<Passkey>[] = [
    { name: 'Name', cell: (key) => key.name },
    { name: 'Made', from: 'tablet', cell: (key) => <span className="num">{formatDateTime(key.createdAt)}</span> },
    { name: 'Last used', cell: (key) => <span className="num">{key.lastUsedAt ? formatDateTime(key.lastUsedAt) : 'never'}</span> },
    {
      name: 'Action',
      width: '7rem',
      cell: (key) => (
        <Button size="compact-xs" variant="default" loading={remove.isPending && remove.variables === key.id} onClick={() => remove.mutate(key.id)} aria-label={`Remove ${key.name}`}>
          Remove
        </Button>
      ),
    },
  ];
  return (
    <Section title="Passkeys">
      {list.isError && <ErrorPanel error={list.error} what="The passkeys" retry={() => void list.refetch()} />}
      {list.isPending && <Waiting what="passkeys" />}
      {list.data?.length === 0 && <EmptyState title="No passkey yet">A passkey is kept by this device or by a security key. It signs you in without a password and can’t be phished.</EmptyState>}
      {list.data && list.data.length > 0 && <DataTable caption="Passkeys" columns={columns} rows={list.data} rowKey={(key) => key.id} />}
      {needsProof(add.error) ? (
        <div className={form.inset}>
          <Reauthenticate why="A new way to sign in needs your confirmation." done={() => add.mutate()} cancel={() => add.reset()} />
        </div>
      ) : (
      <form
        className={form.inset}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        {passkeysSupported() ? (
          <div className={form.row} style={{ alignItems: 'flex-end' }}>
            <TextInput label="Name of the new passkey" placeholder="Ward telephone" value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={60} autoComplete="off" />
            <Button type="submit" size="sm" variant="default" loading={add.isPending}>
              Add a passkey
            </Button>
          </div>
        ) : (
          <PasskeysElsewhere otherwise="This browser or address has no passkeys: they need TLS, or localhost." />
        )}
        <Problem error={add.error ?? remove.error} />
      </form>
      )}
    </Section>
  );
}
