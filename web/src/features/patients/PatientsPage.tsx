import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { parseTypedDate } from '../../lib/dates';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { usePageTitle } from '../../ui/usePageTitle';
import { useRowKeys } from '../../ui/useRowKeys';
import { NoPatients } from './NoPatients';
import { usePatients } from './patients.api';
import classes from './PatientsPage.module.css';
import { PatientsTable } from './PatientsTable';
import { parsePatientQuery, type PatientQuery } from './query';
import { SearchFields } from './SearchFields';
import { useSearchFields, type Fields } from './useSearchFields';
import { describeQuery, isEmptyQuery } from './wording';

function queryOf(fields: Fields): PatientQuery {
  const query = parsePatientQuery(fields.q);
  return {
    ...query,
    name: [...query.name, ...fields.name.split(/[\s,]+/).filter(Boolean)],
    birthdate: parseTypedDate(fields.birthdate) ?? query.birthdate,
    identifier: fields.identifier.trim() || query.identifier,
  };
}

export function PatientsPage() {
  usePageTitle('Patients');
  useRowKeys();
  const { fields, change } = useSearchFields();
  const [settled] = useDebouncedValue(fields, 150);
  const query = useMemo(() => queryOf(settled), [settled]);
  const { data, error, isError, isFetching, isPlaceholderData, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = usePatients(query);
  const patients = useMemo(() => data?.pages.flatMap((page) => page.resources) ?? [], [data]);
  const total = data?.pages[0]?.total;
  const stale = isPlaceholderData || settled !== fields;
  // Enter opens the only match, but never one that belongs to an earlier version of what is typed.
  const only = !stale && patients.length === 1 ? patients[0] : undefined;
  return (
    <div className={classes.page}>
      <h1>Patients</h1>
      <SearchFields fields={fields} change={change} stale={stale} only={only} />
      <p className={classes.summary} role="status">
        {isError ? 'The search failed.' : !data ? '' : `${describeQuery(query)}: ${countText(patients.length, total)}`}
        {stale && isFetching && ' · searching…'}
      </p>
      <div className={classes.results} data-stale={stale || undefined}>
        {isError && <ErrorPanel error={error} what="The list of patients" retry={() => void refetch()} />}
        {!isError && !data && <Waiting what="patients" />}
        {!isError && data && patients.length === 0 && <NoPatients filtered={!isEmptyQuery(query)} />}
        {!isError && patients.length > 0 && (
          <PatientsTable patients={patients} more={hasNextPage ? { loading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined} />
        )}
      </div>
    </div>
  );
}

function countText(shown: number, total: number | undefined): string {
  if (total === undefined || total === shown) return shown === 1 ? '1 patient' : `${shown} patients`;
  return `${total} patients, first ${shown} shown`;
}
