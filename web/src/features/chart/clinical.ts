// What counts as active, current and known. Status codes: https://hl7.org/fhir/R4/terminologies.html
import { instantOf } from '../../lib/dates';
import type { AllergyIntolerance, CodeableConcept, Condition, Encounter, Immunization, MedicationRequest, Patient, Procedure } from '../../fhir/types.gen';

const codeOf = (concept: CodeableConcept | undefined): string | undefined => concept?.coding?.find((c) => c.code)?.code;

export const clinicalStatus = (item: Condition | AllergyIntolerance): string | undefined => codeOf(item.clinicalStatus);
export const verification = (item: Condition | AllergyIntolerance): string | undefined => codeOf(item.verificationStatus);
export const isInError = (item: Condition | AllergyIntolerance): boolean => verification(item) === 'entered-in-error';

/** Active, recurrence or relapse, and neither refuted nor entered in error. A condition without a status counts as active: hiding it would be worse. */
export function isActiveProblem(condition: Condition): boolean {
  const status = clinicalStatus(condition);
  const gone = status === 'inactive' || status === 'remission' || status === 'resolved' || (status === undefined && condition.abatementDateTime !== undefined);
  return !gone && !['refuted', 'entered-in-error'].includes(verification(condition) ?? '');
}

export function isActiveAllergy(allergy: AllergyIntolerance): boolean {
  return !['inactive', 'resolved'].includes(clinicalStatus(allergy) ?? '') && !['refuted', 'entered-in-error'].includes(verification(allergy) ?? '');
}

/** High criticality first, then by name. */
export const byCriticality = (a: AllergyIntolerance, b: AllergyIntolerance): number => Number(b.criticality === 'high') - Number(a.criticality === 'high');

export const isCurrentMedication = (request: MedicationRequest): boolean => request.status === 'active' || request.status === 'on-hold';

export const isDeceased = (patient: Patient): boolean => patient.deceasedDateTime !== undefined || patient.deceasedBoolean === true;

export const onsetOf = (c: Condition): number | undefined => instantOf(c.onsetDateTime ?? c.onsetPeriod?.start ?? c.recordedDate);
export const procedureTime = (p: Procedure): number | undefined => instantOf(p.performedDateTime ?? p.performedPeriod?.start);
export const immunizationTime = (i: Immunization): number | undefined => instantOf(i.occurrenceDateTime);

/** Newest first; what has no time comes last. */
export const newestFirst =
  <T>(time: (item: T) => number | undefined) =>
  (a: T, b: T): number =>
    (time(b) ?? -Infinity) - (time(a) ?? -Infinity);

export type StayKind = 'inpatient' | 'emergency' | 'outpatient' | 'other';
const kinds: Record<string, StayKind> = {
  IMP: 'inpatient', ACUTE: 'inpatient', NONAC: 'inpatient', OBSENC: 'inpatient', SS: 'inpatient', PRENC: 'inpatient',
  EMER: 'emergency', AMB: 'outpatient', HH: 'outpatient', VR: 'outpatient', FLD: 'other',
};

/** By v3 ActEncounterCode. https://terminology.hl7.org/CodeSystem-v3-ActCode.html */
export const stayKind = (encounter: Encounter): StayKind => kinds[encounter.class.code ?? ''] ?? 'other';
export const stayKindNames: Record<StayKind, string> = { inpatient: 'Inpatient', emergency: 'Emergency', outpatient: 'Outpatient', other: 'Other' };

/** Ward and bed as far as the encounter names them: its active locations. */
export function locationOf(encounter: Encounter): string | undefined {
  const here = encounter.location?.filter((l) => l.status === undefined || l.status === 'active') ?? [];
  return here.map((l) => l.location.display).filter(Boolean).join(', ') || undefined;
}
