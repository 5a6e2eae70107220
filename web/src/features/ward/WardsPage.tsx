import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useSearchParams } from 'react-router';
import { wardsQuery, type Ward } from '../../monitoring/monitoring.api';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import form from '../../ui/Form.module.css';

const columns: Column<Ward>[] = [
  {
    name: 'Ward',
    cell: (ward) => (
      <Link to={`/ward/${ward.id}`} data-row-link>
        {ward.name}
      </Link>
    ),
  },
  { name: 'Beds', numeric: true, width: '6rem', cell: (ward) => ward.beds },
];

/** The wards of which one may see somebody; with one alone, that one, unless the address asks for the list. */
export function WardsPage() {
  usePageTitle('Wards');
  useRowKeys();
  const [params] = useSearchParams();
  const wards = useQuery(wardsQuery);
  const only = wards.data?.length === 1 && !params.has('choose') ? wards.data[0] : undefined;
  if (only) return <Navigate to={`/ward/${only.id}`} replace />;
  return (
    <div className={form.narrow}>
      <h1>Wards</h1>
      <Section title="Wards with monitored beds">
        {wards.isError && <ErrorPanel error={wards.error} what="The wards" retry={() => void wards.refetch()} />}
        {wards.isPending && <Waiting what="wards" />}
        {wards.data?.length === 0 && <EmptyState title="There is no ward for you to see">A ward stands here when it has beds and you may see somebody in one of them: through your care for them, or your own wards, which an administrator sets.</EmptyState>}
        {wards.data && wards.data.length > 0 && <DataTable caption="Wards" columns={columns} rows={wards.data} rowKey={(ward) => ward.id} />}
      </Section>
    </div>
  );
}
