import { queryOptions, useQuery } from '@tanstack/react-query';
import { fhirRead, fhirSearch } from '../../fhir/client';
import { patientName } from '../../fhir/display';
import { getJson, send } from '../../lib/http';

export interface Device {
  id: string;
  identifier?: string | null;
  name?: string | null;
  status?: string;
  metrics: string[];
  /** Who is on it, where one may see that. */
  patient?: string | null;
  /** Whether somebody is on it, whoever it is. */
  inUse?: boolean;
  bed?: string | null;
  since?: string | null;
  lastSample?: string | null;
  samples: number;
  rejections: Record<string, number>;
}

export const devicesQuery = queryOptions({ queryKey: ['monitoring', 'devices'], queryFn: ({ signal }) => getJson<Device[]>('/monitoring/devices', signal), refetchInterval: 15_000 });

const association = (device: string) => `/monitoring/devices/${encodeURIComponent(device)}/association`;
export const associate = (device: string, body: { patient: string; bed?: string }) => send('POST', association(device), body);
export const endAssociation = (device: string) => send('DELETE', association(device));

export const patientQuery = (id: string) => queryOptions({ queryKey: ['fhir', 'Patient', id], queryFn: ({ signal }) => fhirRead('Patient', id, signal), staleTime: 300_000 });

/** Names of Locations and patients by id, asked for together; what one may not see has none. */
export function useNames(type: 'Location' | 'Patient', ids: (string | null | undefined)[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(ids.filter((id): id is string => !!id))].sort();
  const { data } = useQuery({
    queryKey: ['fhir', type, 'names', distinct],
    queryFn: async ({ signal }) => {
      const names = new Map<string, string>();
      for (let i = 0; i < distinct.length; i += 50) {
        const page = await fhirSearch(type, { _id: distinct.slice(i, i + 50).join(','), _count: 50 }, signal);
        for (const found of page.resources) if (found.id) names.set(found.id, found.resourceType === 'Patient' ? patientName(found) : (found.name ?? found.id));
      }
      return names;
    },
    enabled: distinct.length > 0,
    staleTime: 300_000,
    placeholderData: (before) => before,
  });
  return data ?? none;
}
const none: ReadonlyMap<string, string> = new Map();

/** Why samples were refused, in words; a reason that is not known here keeps its name. */
export const reasonWords: Record<string, string> = {
  'unknown-device': 'from a device that is not registered',
  'no-patient': 'nobody was on the device then',
  'unknown-code': 'a code that is not known',
  'wrong-unit': 'a unit that does not measure this',
  impossible: 'a value that no living patient has',
  'not-a-number': 'not a number',
  future: 'a time in the future',
  'too-old': 'older than is kept',
};
export const rejected = (device: Device): number => Object.values(device.rejections).reduce((sum, count) => sum + count, 0);
