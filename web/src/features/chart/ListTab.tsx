import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { ResourceMap, ResourceType } from '../../fhir/types.gen';
import { DataTable } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { usePatientList } from './chart.api';
import classes from './Chart.module.css';
import { newestFirst } from './clinical';
import { DocumentsTab } from './DocumentsTab';
import { allergies } from './lists/allergies';
import { encounters } from './lists/encounters';
import { immunizations } from './lists/immunizations';
import type { ListDefinition } from './lists/listDefinition';
import { medications } from './lists/medications';
import { plans } from './lists/plans';
import { problems } from './lists/problems';
import { procedures } from './lists/procedures';
import { LoadState } from './LoadState';
import { useChart } from './useChart';

/** The tabs that are one list each, by the last part of the address. */
export function ListTab() {
  const { list } = useParams();
  switch (list) {
    case 'encounters': return <List key={list} definition={encounters} />;
    case 'problems': return <List key={list} definition={problems} />;
    case 'medications': return <List key={list} definition={medications} />;
    case 'allergies': return <List key={list} definition={allergies} />;
    case 'immunizations': return <List key={list} definition={immunizations} />;
    case 'procedures': return <List key={list} definition={procedures} />;
    case 'plans': return <List key={list} definition={plans} />;
    case 'documents': return <DocumentsTab />;
    default: return <EmptyState title="The chart has no such section">Choose one above.</EmptyState>;
  }
}

function List<T extends ResourceType>({ definition }: { definition: ListDefinition<T> }) {
  const { patientId } = useChart();
  const list = usePatientList(definition.type, patientId);
  const [params, setParams] = useSearchParams();
  const { split, time } = definition;
  const shown = split ? (params.get('show') ?? 'yes') : 'all';
  const sorted = useMemo(() => [...list.resources].sort(newestFirst(time)), [list.resources, time]);
  const rows = split && shown !== 'all' ? sorted.filter((item) => split.test(item) === (shown === 'yes')) : sorted;
  const count = (yes: boolean) => sorted.filter((item) => split?.test(item) === yes).length;
  return (
    <>
      {split && (
        <SegmentedControl
          size="xs"
          style={{ alignSelf: 'start' }}
          aria-label={definition.title}
          value={shown}
          onChange={(value) => setParams({ show: value }, { replace: true, preventScrollReset: true })}
          data={[
            { value: 'yes', label: `${split.yes} (${count(true)})` },
            { value: 'no', label: `${split.no} (${count(false)})` },
            { value: 'all', label: `All (${sorted.length})` },
          ]}
        />
      )}
      <LoadState list={list} what={definition.title.toLowerCase()} />
      {list.error && <ErrorPanel error={list.error} what={definition.title} retry={list.retry} />}
      {list.pending && !list.error && <Waiting what={definition.title.toLowerCase()} />}
      {!list.pending && !list.loading && sorted.length === 0 && !list.error && <EmptyState title={definition.empty} />}
      {sorted.length > 0 && rows.length === 0 && <EmptyState title="None in this group" />}
      {rows.length > 0 && (
        <div className={classes.surface}>
          <DataTable<ResourceMap[T]> caption={definition.title} columns={definition.columns} rows={rows} rowKey={(item) => item.id ?? ''} struck={definition.inError} />
        </div>
      )}
    </>
  );
}
