import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { fhirPage, type SearchPage } from '../../fhir/client';
import type { Patient } from '../../fhir/types.gen';
import { searchesFor, type PatientQuery } from './query';

const pageSize = '50';

function pathOf(criteria: [string, string][]): string {
  return `/fhir/Patient?${new URLSearchParams([...criteria, ['_sort', 'family,given'], ['_count', pageSize], ['_total', 'accurate']]).toString()}`;
}

async function firstPage(query: PatientQuery, signal: AbortSignal): Promise<SearchPage<Patient>> {
  const searches = searchesFor(query);
  let page = await fhirPage('Patient', pathOf(searches[0]!), signal);
  for (const criteria of searches.slice(1)) {
    if (page.resources.length > 0) break;
    page = await fhirPage('Patient', pathOf(criteria), signal);
  }
  return page;
}

/** Patients that match, page by page. The previous answer stays until the new one is here; a superseded request is aborted. */
export function usePatients(query: PatientQuery) {
  return useInfiniteQuery({
    queryKey: ['fhir', 'Patient', 'search', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => (pageParam ? fhirPage('Patient', pageParam, signal) : firstPage(query, signal)),
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}
