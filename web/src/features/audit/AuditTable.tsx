import { useState } from 'react';
import { Link } from 'react-router';
import { formatExact, formatSeconds } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { LinkButton } from '../../ui/LinkButton';
import form from '../../ui/Form.module.css';
import type { Entry } from './audit.api';
import { kindMark, outcomeMark } from './kinds';
import { kindWords } from './words';

const who = (entry: Entry) => entry.actorName ?? entry.actor ?? 'nobody';
const what = (entry: Entry) => (entry.type ? `${entry.type}${entry.resourceId ? `/${entry.resourceId}` : ''}` : (entry.query ?? '–'));

export function AuditTable({ entries }: { entries: Entry[] }) {
  const [open, setOpen] = useState<Entry['id']>();
  const columns: Column<Entry>[] = [
    {
      name: 'When',
      width: '11rem',
      cell: (e) => (
        <LinkButton expanded={open === e.id} onClick={() => setOpen(open === e.id ? undefined : e.id)}>
          <span className="num" title={formatExact(e.at)}>
            {formatSeconds(e.at)}
          </span>
        </LinkButton>
      ),
    },
    {
      name: 'Who',
      cell: (e) => (
        <>
          {e.actor ? <Link to={`/audit?actor=${encodeURIComponent(e.actor)}`}>{who(e)}</Link> : who(e)}
          {e.roles && e.roles.length > 0 && <span className="meta"> {e.roles.join(', ')}</span>}
        </>
      ),
    },
    { name: 'Did', cell: (e) => <>{kindWords(e.kind)} {kindMark(e.kind, !!e.breakGlass?.length)}</> },
    { name: 'What', from: 'tablet', cell: (e) => <span className="mono">{what(e)}</span> },
    { name: 'Patient', from: 'desktop', cell: (e) => <Patients ids={e.patients ?? []} /> },
    { name: 'Why', from: 'desktop', cell: (e) => e.why ?? '–' },
    { name: 'Outcome', from: 'tablet', width: '7rem', cell: (e) => outcomeMark(e.outcome) },
  ];
  return <DataTable caption="Entries of the audit trail, newest first" columns={columns} rows={entries} rowKey={(e) => String(e.id)} detail={(e) => (open === e.id ? <Details entry={e} /> : undefined)} />;
}

function Patients({ ids }: { ids: string[] }) {
  if (ids.length === 0) return <>–</>;
  const id = ids[0]!.replace(/^Patient\//, '');
  return (
    <>
      <Link to={`/audit?patient=${encodeURIComponent(id)}`} className="mono">
        {id.length > 12 ? `${id.slice(0, 8)}…` : id}
      </Link>
      {ids.length > 1 && ` and ${ids.length - 1} more`}
    </>
  );
}

/** Everything that the entry holds, also what has no column. */
function Details({ entry }: { entry: Entry }) {
  const rows: [string, string | number | null | undefined][] = [
    ['Time', formatExact(entry.at)],
    ['Who', [entry.actorName, entry.actor].filter(Boolean).join(', ')],
    ['Roles', entry.roles?.join(', ')],
    ['In the record', entry.person],
    ['App', entry.client],
    ['Session', entry.session],
    ['From address', entry.address],
    ['Did', [kindWords(entry.kind), entry.action, entry.outcome].filter(Boolean).join(', ')],
    ['What', [what(entry), entry.version ? `version ${entry.version}` : ''].filter(Boolean).join(', ')],
    ['Patients', entry.patients?.join(', ')],
    ['Question', entry.query],
    ['Why', entry.why],
    ['Emergency access', entry.breakGlass?.join(', ')],
    ['Detail', typeof entry.detail === 'string' ? entry.detail : entry.detail ? JSON.stringify(entry.detail) : undefined],
    ['Request', entry.request],
    ['Entry', entry.id],
  ];
  return (
    <dl className={form.facts}>
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
