import { formatConcept, formatConcepts } from '../../../fhir/display';
import { isEnteredInError } from '../../../fhir/observations';
import { formatDate } from '../../../lib/dates';
import { procedureTime } from '../clinical';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

export const procedures: ListDefinition<'Procedure'> = {
  type: 'Procedure',
  title: 'Procedures',
  empty: 'No procedures are recorded',
  time: procedureTime,
  inError: isEnteredInError,
  columns: [
    { name: 'Procedure', cell: (p) => formatConcept(p.code) },
    { name: 'Done', width: '8rem', cell: (p) => <span className="num">{formatDate(p.performedDateTime ?? procedureTime(p))}</span> },
    { name: 'Status', width: '10rem', from: 'tablet', cell: (p) => <Status code={p.status} /> },
    { name: 'Reason', from: 'desktop', cell: (p) => (p.reasonCode ? formatConcepts(p.reasonCode) : (p.reasonReference?.[0]?.display ?? '–')) },
    rawColumn((p) => formatConcept(p.code)),
  ],
};
