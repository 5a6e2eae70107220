import { useQuery } from '@tanstack/react-query';
import { getJson, HttpError } from '../../lib/http';
import { fhirJson, searchPath } from '../../fhir/client';
import { may, useOpened, useSession } from '../../session/session.api';
import type { Bundle, Patient } from '../../fhir/types.gen';

export type Care = 'asking' | 'open' | 'closed';

async function count(type: 'Encounter' | 'CareTeam', patientId: string, signal: AbortSignal): Promise<number> {
  try {
    return (await getJson<Bundle>(searchPath(type, { patient: patientId, _summary: 'count' }), signal, fhirJson)).total ?? 0;
  } catch (error) {
    // Refused to those who care for nobody: an account that is no person of the record.
    if (error instanceof HttpError && error.status === 403) return 0;
    throw error;
  }
}

/**
 * Whether the record beyond the name is open. A search answers "nothing" both where nothing is and where nothing may be seen, and "no allergies" must never
 * mean the second. One is in care through a CareTeam, an Encounter or as general practitioner, and may read all three: who sees none of them is not in care.
 */
export function useCare(patient: Patient, patientId: string): Care {
  const { data: session } = useSession();
  const account = session?.account;
  const byCare = session?.signIn === true && may(account ?? null, 'breakglass.use');
  const { opened, asking } = useOpened();
  const emergency = opened.some((access) => access.patient.replace(/^.*\//, '') === patientId);
  const family = patient.generalPractitioner?.some((reference) => reference.reference !== undefined && reference.reference === account?.person) ?? false;
  const sure = !byCare || emergency || family;
  const { data, isError } = useQuery({
    queryKey: ['fhir', 'care', patientId],
    queryFn: async ({ signal }) => (await count('Encounter', patientId, signal)) + (await count('CareTeam', patientId, signal)),
    enabled: !sure && !asking,
  });
  if (sure || isError) return 'open';
  if (asking || data === undefined) return 'asking';
  return data > 0 ? 'open' : 'closed';
}
