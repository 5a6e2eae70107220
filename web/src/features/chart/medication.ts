import { formatConcept, formatReference, formatTiming } from '../../fhir/display';
import { formatQuantity } from '../../fhir/observations';
import type { Dosage, MedicationRequest } from '../../fhir/types.gen';

/** The drug in the words of the order; a contained Medication is looked into. */
export function medicationName(request: MedicationRequest): string {
  if (request.medicationCodeableConcept) return formatConcept(request.medicationCodeableConcept);
  const id = request.medicationReference?.reference?.replace(/^#/, '');
  const contained = request.contained?.find((r) => r.resourceType === 'Medication' && r.id === id);
  if (contained?.resourceType === 'Medication') return formatConcept(contained.code);
  return formatReference(request.medicationReference);
}

/** The prescriber's own text first; otherwise dose, route and timing as far as they are coded. */
export function dosageText(request: MedicationRequest): string {
  return (request.dosageInstruction ?? []).map(oneDosage).filter(Boolean).join('; ');
}

function oneDosage(dosage: Dosage): string {
  if (dosage.text) return dosage.text;
  const quantity = dosage.doseAndRate?.[0]?.doseQuantity;
  // Synthea and others record a dose without a unit; a bare number is shown as such.
  const dose = quantity ? `dose ${formatQuantity(quantity)}` : '';
  const asNeeded = dosage.asNeededBoolean ? 'as needed' : '';
  return [dose, dosage.route && formatConcept(dosage.route), formatTiming(dosage.timing), asNeeded].filter(Boolean).join(', ');
}
