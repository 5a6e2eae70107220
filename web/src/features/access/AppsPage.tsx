import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDate } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';
import { clientsQuery, type Client } from './access.api';
import { AccessTabs } from './AccessTabs';
import { ClientForm, kinds } from './ClientForm';

/** Programs that may ask for tokens. */
export function AppsPage() {
  usePageTitle('Apps');
  useRowKeys();
  const list = useQuery(clientsQuery);
  const [adding, setAdding] = useState(false);
  const [open, setOpen] = useState<string>();
  const columns: Column<Client>[] = [
    {
      name: 'App',
      cell: (app) => (
        <LinkButton expanded={open === app.id} onClick={() => setOpen(open === app.id ? undefined : app.id)}>
          {app.name}
        </LinkButton>
      ),
    },
    { name: 'Client id', cell: (app) => <span className="mono">{app.id}</span> },
    { name: 'Kind', from: 'tablet', cell: (app) => kinds[app.kind]?.short ?? app.kind },
    { name: 'Registered', from: 'desktop', cell: (app) => <span className="num">{formatDate(app.createdAt)}</span> },
    { name: 'State', from: 'tablet', cell: (app) => app.state },
  ];
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Apps</h1>
        <Button size="xs" onClick={() => setAdding(true)}>
          Register an app
        </Button>
      </div>
      <AccessTabs />
      <Section title="Registered apps">
        {list.isError && <ErrorPanel error={list.error} what="The apps" retry={() => void list.refetch()} />}
        {list.isPending && <Waiting what="apps" />}
        {list.data?.length === 0 && <EmptyState title="No app is registered">Register a SMART app or a backend service; it gets a client id and may then ask people, or act by itself, for the scopes that you allow.</EmptyState>}
        {list.data && list.data.length > 0 && <DataTable caption="Registered apps" columns={columns} rows={list.data} rowKey={(app) => app.id} detail={(app) => (open === app.id ? <ClientForm key={app.id} app={app} close={() => setOpen(undefined)} /> : undefined)} />}
      </Section>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Register an app" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {adding && <ClientForm close={() => setAdding(false)} />}
      </Modal>
    </div>
  );
}
