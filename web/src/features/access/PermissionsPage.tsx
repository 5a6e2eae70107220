import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import classes from './Access.module.css';
import { tableQuery, type PermissionTable } from './access.api';
import { AccessTabs } from './AccessTabs';

type Row = PermissionTable['rows'][number];

/** Role x resources x interactions x condition, as the program reads it: what no row allows is refused. */
export function PermissionsPage() {
  usePageTitle('Permissions');
  const { data, error, isError, refetch } = useQuery(tableQuery);
  return (
    <div className={form.page}>
      <div className={form.heading}>
        <h1>Permissions</h1>
        <span className="meta">A row allows; what no row allows is refused. Changed in a file of the program, not here.</span>
      </div>
      <AccessTabs />
      {isError && <ErrorPanel error={error} what="The table of permissions" retry={() => void refetch()} />}
      {!data && !isError && <Waiting what="the table of permissions" />}
      {data && <Table table={data} />}
    </div>
  );
}

function Table({ table }: { table: PermissionTable }) {
  const [params, setParams] = useSearchParams();
  const role = params.get('role') ?? '';
  const type = params.get('type') ?? '';
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  const wanted = type.trim().toLowerCase();
  const rows = table.rows.filter((row) => (!role || row.role === role) && (!wanted || row.resources.toLowerCase().includes(wanted) || row.types.some((t) => t.toLowerCase().startsWith(wanted))));
  return (
    <>
      <search className={form.filters}>
        <NativeSelect label="Role" value={role} onChange={(event) => set('role', event.currentTarget.value)} data={[{ value: '', label: 'All roles' }, ...table.roles.map((r) => r.name)]} />
        <TextInput label="Resource type or group" type="search" value={type} onChange={(event) => set('type', event.currentTarget.value)} placeholder="Observation" autoComplete="off" spellCheck={false} />
      </search>
      {role && <RoleFacts table={table} role={role} />}
      <Section title="Resources" aside={`${rows.length} of ${table.rows.length} rows · c create, r read, u update, d delete, s search`}>
        {rows.length === 0 ? <EmptyState title="No row allows this">So it is refused.</EmptyState> : <DataTable caption="Permissions by role and resource" columns={columnsOf(table)} rows={rows} rowKey={(row) => [row.role, row.resources, row.interactions, row.condition, row.clearance].join('|')} />}
      </Section>
      <Named table={table} role={role} />
      <Groups table={table} />
    </>
  );
}

function RoleFacts({ table, role }: { table: PermissionTable; role: string }) {
  return <p className={form.text}>{table.roles.find((r) => r.name === role)?.description}</p>;
}

function columnsOf(table: PermissionTable): Column<Row>[] {
  const means = new Map(table.conditions.map((condition) => [condition.name, condition.description]));
  return [
    { name: 'Role', width: '10rem', cell: (row) => <span className={classes.role}>{row.role}</span> },
    { name: 'Resources', cell: (row) => <span title={row.types.join(', ')}>{row.resources}</span> },
    { name: 'May', width: '6rem', cell: (row) => <Letters may={row.interactions} /> },
    { name: 'Condition', width: '8rem', cell: (row) => <span title={means.get(row.condition)}>{row.condition}</span> },
    { name: 'Label up to', from: 'tablet', width: '6rem', cell: (row) => row.clearance },
    { name: 'Why', from: 'desktop', cell: (row) => row.note ?? '' },
  ];
}

const Letters = ({ may }: { may: string }) => (
  <span className={classes.letters}>
    <span className="visually-hidden">{may}</span>
    {[...'cruds'].map((letter) => (
      <span key={letter} aria-hidden="true" data-no={may.includes(letter) ? undefined : true}>
        {may.includes(letter) ? letter : '·'}
      </span>
    ))}
  </span>
);

function Named({ table, role }: { table: PermissionTable; role: string }) {
  const rows = table.permissions.filter((row) => (!role || row.role === role) && row.permissions.length > 0);
  return (
    <Section title="Beside resources">
      {rows.length === 0 ? <EmptyState title="None" /> : <DataTable caption="Named permissions by role" rows={rows} rowKey={(row) => row.role} columns={[{ name: 'Role', width: '10rem', cell: (row) => row.role }, { name: 'May', cell: (row) => <span className="mono">{row.permissions.join(', ')}</span> }]} />}
    </Section>
  );
}

const Groups = ({ table }: { table: PermissionTable }) => (
  <Section title="What the words mean">
    <div className={classes.groups}>
      <dl className={form.facts}>
        {table.conditions.map((condition) => (
          <div key={condition.name} style={{ display: 'contents' }}>
            <dt>{condition.name}</dt>
            <dd>{condition.description}</dd>
          </div>
        ))}
      </dl>
      {table.groups.map((group) => (
        <details key={group.name}>
          <summary>{`${group.name} (${group.types.length} types)`}</summary>
          <p className={classes.types}>{group.types.join(', ')}</p>
        </details>
      ))}
    </div>
  </Section>
);
