import { formatExact } from '../../lib/dates';
import { formatValue } from '../../lib/numbers';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState } from '../../ui/Notice';
import type { SampleRow } from './liveHistory';

const columns: Column<SampleRow>[] = [
  { name: 'Time', width: '14rem', cell: (row) => <span className="num">{formatExact(new Date(row.time).toISOString())}</span> },
  { name: 'Sign', cell: (row) => row.name },
  { name: 'Value', numeric: true, cell: (row) => `${formatValue(row.value)} ${row.unit}` },
  { name: 'Lowest to highest', numeric: true, from: 'tablet', cell: (row) => (row.low === undefined || row.high === undefined ? '–' : `${formatValue(row.low)} to ${formatValue(row.high)}`) },
  { name: 'Samples', numeric: true, from: 'desktop', cell: (row) => row.count ?? 1 },
  { name: 'Device', from: 'desktop', cell: (row) => <span className="mono">{row.device || '–'}</span> },
];

export function SamplesTable({ rows }: { rows: SampleRow[] }) {
  if (rows.length === 0) return <EmptyState title="Nothing was measured in this span">Choose a longer one.</EmptyState>;
  return <DataTable caption="Device data, newest first" columns={columns} rows={rows} rowKey={(row) => row.key} />;
}
