import { Button } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import { formatDate } from '../../lib/dates';
import { formatIdentifier, formatSex, identifierLabel, patientName, rankedIdentifiers } from '../../fhir/display';
import type { Patient } from '../../fhir/types.gen';
import form from '../../ui/Form.module.css';
import classes from './Chart.module.css';

/** Opens the dialog of emergency access for a patient, over the page where one is. */
export function EmergencyButton({ patientId }: { patientId: string }) {
  const [, setParams] = useSearchParams();
  return (
    <Button
      color="red.9"
      size="sm"
      onClick={() =>
        setParams(
          (before) => {
            before.set('emergency', patientId);
            return before;
          },
          { preventScrollReset: true },
        )
      }
    >
      Emergency access
    </Button>
  );
}

/** A patient whom one may find but does not care for: nothing of the record is shown, and that is said, so that nothing is taken for "none". */
export function ClosedRecord({ patient, patientId, showAnyway }: { patient: Patient; patientId: string; showAnyway: () => void }) {
  return (
    <div className={classes.body}>
      <div className={form.form} style={{ maxWidth: '44rem' }}>
        <h1>
          <bdi>{patientName(patient)}</bdi>
        </h1>
        <p className={form.text}>
          Born {formatDate(patient.birthDate)} · {formatSex(patient.gender)}
          {rankedIdentifiers(patient.identifier)
            .slice(0, 2)
            .map((identifier) => ` · ${identifierLabel(identifier)} ${formatIdentifier(identifier)}`)}
        </p>
        <p className={form.warn}>
          <strong>This record is closed to you.</strong> You are not in this patient’s care: no care team, no current stay at your ward. Allergies, problems and medication may exist; you do not see them.
        </p>
        <p className={form.text}>Do you treat this patient? Ask the ward to add you to the care team. If it can’t wait, open the record for a limited time; the privacy officer is told.</p>
        <div className={form.row}>
          <EmergencyButton patientId={patientId} />
          <Button variant="default" size="sm" onClick={showAnyway}>
            Show what is open to me
          </Button>
          <Link to="/patients">Back to patients</Link>
        </div>
      </div>
    </div>
  );
}
