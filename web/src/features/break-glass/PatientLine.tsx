import { useQuery } from '@tanstack/react-query';
import { PatientFacts } from '../../fhir/PatientFacts';
import { patientId, patientOf } from './break-glass.api';

/** Name, birth date and number of a patient, or the id where no more may be known. */
export function PatientLine({ reference }: { reference: string }) {
  const id = patientId(reference);
  const { data, isPending } = useQuery(patientOf(id));
  if (!data) return <span>{isPending ? '…' : <>Patient <span className="mono">{id}</span></>}</span>;
  return <PatientFacts patient={data} />;
}
