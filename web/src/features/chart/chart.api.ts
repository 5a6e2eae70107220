import { queryOptions } from '@tanstack/react-query';
import { fhirRead, fhirSearch } from '../../fhir/client';
import { loinc } from '../../fhir/observations';
import { useAllPages } from '../../fhir/useAllPages';
import type { ResourceType } from '../../fhir/types.gen';

export const patientQuery = (id: string) => queryOptions({ queryKey: ['fhir', 'Patient', id], queryFn: ({ signal }) => fhirRead('Patient', id, signal) });

/** Stays that are going on: where the patient is now. */
export const currentStaysQuery = (patientId: string) =>
  queryOptions({
    queryKey: ['fhir', 'Encounter', 'current', patientId],
    queryFn: async ({ signal }) => (await fhirSearch('Encounter', { patient: patientId, status: 'arrived,triaged,in-progress,onleave', _sort: '-date', _count: 10 }, signal)).resources,
    refetchInterval: 60_000,
  });

/** The newest readings of one vital sign. One small request each: a page of mixed vitals may lack the rare ones. */
export const latestReadingsQuery = (patientId: string, codes: readonly string[]) =>
  queryOptions({
    queryKey: ['fhir', 'Observation', 'latest', patientId, codes],
    queryFn: async ({ signal }) =>
      (await fhirSearch('Observation', { patient: patientId, code: codes.map((code) => `${loinc}|${code}`).join(','), _sort: '-date', _count: 24 }, signal)).resources,
    refetchInterval: 30_000,
  });

const listCap = 2_000;

/** Everything of one type about the patient, up to 2,000; sorted by whoever shows it. */
export const usePatientList = <T extends ResourceType>(type: T, patientId: string) => useAllPages(type, { patient: patientId, _count: 200 }, listCap);

/** Observations of one category, newest first, up to `cap`. */
export const useObservations = (patientId: string, category: 'vital-signs' | 'laboratory', cap: number) =>
  useAllPages('Observation', { patient: patientId, category, _sort: '-date', _count: 500 }, cap);
