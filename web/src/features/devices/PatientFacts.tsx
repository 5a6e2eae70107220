import { formatDate } from '../../lib/dates';
import { patientName } from '../../fhir/display';
import type { Patient } from '../../fhir/types.gen';
import { numberOf } from './devices.api';

/** Name, birth date and number: what a wristband says too. */
export function PatientFacts({ patient }: { patient: Patient }) {
  const number = numberOf(patient);
  return (
    <span data-patient={patient.id}>
      <strong>
        <bdi>{patientName(patient)}</bdi>
      </strong>
      , born {formatDate(patient.birthDate)}
      {number && `, ${number}`}
    </span>
  );
}
