import { formatDate } from '../lib/dates';
import { formatIdentifier, identifierLabel, patientName, rankedIdentifiers } from './display';
import type { Patient } from './types.gen';

/** Name, birth date and first number, as it is read aloud: what a wristband says too. */
export function PatientFacts({ patient }: { patient: Patient }) {
  const identifier = rankedIdentifiers(patient.identifier)[0];
  return (
    <span data-patient={patient.id}>
      <strong>
        <bdi>{patientName(patient)}</bdi>
      </strong>
      , born {formatDate(patient.birthDate)}
      {identifier && `, ${identifierLabel(identifier)} ${formatIdentifier(identifier)}`}
    </span>
  );
}
