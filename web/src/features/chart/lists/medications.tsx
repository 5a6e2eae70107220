import { formatConcepts, formatReference } from '../../../fhir/display';
import { isEnteredInError } from '../../../fhir/observations';
import { formatDate, instantOf } from '../../../lib/dates';
import { isCurrentMedication } from '../clinical';
import { dosageText, medicationName } from '../medication';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

export const medications: ListDefinition<'MedicationRequest'> = {
  type: 'MedicationRequest',
  title: 'Medications',
  empty: 'No medication orders are recorded',
  time: (m) => instantOf(m.authoredOn),
  inError: isEnteredInError,
  split: { yes: 'Current', no: 'Past and other', test: isCurrentMedication },
  columns: [
    { name: 'Medication', cell: medicationName },
    { name: 'Dosage', from: 'tablet', cell: (m) => dosageText(m) || '–' },
    { name: 'Ordered', width: '8rem', cell: (m) => <span className="num">{formatDate(m.authoredOn)}</span> },
    { name: 'Status', width: '8rem', cell: (m) => <Status code={m.status} /> },
    { name: 'For', from: 'desktop', cell: (m) => formatConcepts(m.reasonCode) },
    { name: 'By', width: '10rem', from: 'desktop', cell: (m) => formatReference(m.requester) },
    rawColumn(medicationName),
  ],
};
