import { useQuery } from '@tanstack/react-query';
import { formatIdentifier, identifierLabel, patientName, rankedIdentifiers } from '../../fhir/display';
import { formatDate } from '../../lib/dates';
import { patientId, patientOf } from './break-glass.api';

/** Name, birth date and number of a patient, or the id where no more may be known. */
export function PatientLine({ reference }: { reference: string }) {
  const id = patientId(reference);
  const { data, isPending } = useQuery(patientOf(id));
  if (!data) return <span>{isPending ? '…' : <>Patient <span className="mono">{id}</span></>}</span>;
  const identifier = rankedIdentifiers(data.identifier)[0];
  return (
    <span>
      <strong>
        <bdi>{patientName(data)}</bdi>
      </strong>
      , born {formatDate(data.birthDate)}
      {identifier && `, ${identifierLabel(identifier)} ${formatIdentifier(identifier)}`}
    </span>
  );
}
