import { RawButton } from '../../fhir/RawButton';
import { formatDateTime } from '../../lib/dates';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState } from '../../ui/Notice';
import classes from './Chart.module.css';
import type { ReadingRow } from './readingRows';
import { Tag } from './Tag';
import { useChart } from './useChart';
import { positionOf } from './vitals';

const words = { high: '▲ high', low: '▼ low', inside: '' };

export function VitalsTable({ rows }: { rows: ReadingRow[] }) {
  const { patient } = useChart();
  const columns: Column<ReadingRow>[] = [
    { name: 'Time', width: '10rem', cell: ({ reading }) => <span className="num">{formatDateTime(reading.time)}</span> },
    { name: 'Sign', cell: ({ name }) => name },
    { name: 'Value', numeric: true, width: '8rem', cell: ({ reading }) => reading.text },
    {
      name: 'Position',
      width: '10rem',
      cell: ({ sign, reading, name }) => {
        if (reading.inError) return <Tag tone="error">Entered in error</Tag>;
        const position = sign && !name.endsWith('diastolic') ? positionOf(sign, patient.birthDate, reading) : undefined;
        return position ? words[position] : '';
      },
    },
    { name: 'Status', width: '8rem', from: 'desktop', cell: ({ reading }) => reading.observation.status },
    { name: 'Record', width: '5rem', cell: ({ reading, name }) => <RawButton resource={reading.observation} label={`${name}, ${formatDateTime(reading.time)}`} /> },
  ];
  if (rows.length === 0) return <EmptyState title="No readings in this span">Choose a longer span.</EmptyState>;
  return (
    <div className={classes.surface}>
      <DataTable caption="Vital signs, newest first" columns={columns} rows={rows} rowKey={(row) => row.key} struck={(row) => row.reading.inError} />
    </div>
  );
}
