import { formatConcept } from '../../../fhir/display';
import { isEnteredInError } from '../../../fhir/observations';
import { formatDate } from '../../../lib/dates';
import { immunizationTime } from '../clinical';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

export const immunizations: ListDefinition<'Immunization'> = {
  type: 'Immunization',
  title: 'Immunizations',
  empty: 'No immunizations are recorded',
  time: immunizationTime,
  inError: isEnteredInError,
  columns: [
    { name: 'Vaccine', cell: (i) => formatConcept(i.vaccineCode) },
    { name: 'Given', width: '8rem', cell: (i) => <span className="num">{i.occurrenceDateTime ? formatDate(i.occurrenceDateTime) : (i.occurrenceString ?? '–')}</span> },
    { name: 'Status', width: '10rem', from: 'tablet', cell: (i) => <Status code={i.status} /> },
    { name: 'Lot', width: '8rem', from: 'desktop', cell: (i) => i.lotNumber ?? '–' },
    rawColumn((i) => formatConcept(i.vaccineCode)),
  ],
};
