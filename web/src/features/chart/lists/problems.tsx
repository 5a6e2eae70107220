import { formatConcept } from '../../../fhir/display';
import { formatDate } from '../../../lib/dates';
import { clinicalStatus, isActiveProblem, isInError, onsetOf, verification } from '../clinical';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

export const problems: ListDefinition<'Condition'> = {
  type: 'Condition',
  title: 'Problems',
  empty: 'No problems are recorded',
  time: onsetOf,
  inError: isInError,
  split: { yes: 'Active', no: 'Resolved and other', test: isActiveProblem },
  columns: [
    { name: 'Problem', cell: (c) => formatConcept(c.code) },
    { name: 'Since', width: '8rem', cell: (c) => <span className="num">{formatDate(c.onsetDateTime ?? onsetOf(c))}</span> },
    { name: 'Until', width: '8rem', from: 'tablet', cell: (c) => <span className="num">{formatDate(c.abatementDateTime ?? c.abatementPeriod?.start)}</span> },
    { name: 'Status', width: '10rem', from: 'tablet', cell: (c) => <Status code={isInError(c) ? 'entered-in-error' : clinicalStatus(c)} /> },
    { name: 'Verification', width: '8rem', from: 'desktop', cell: (c) => verification(c) ?? '–' },
    { name: 'Severity', width: '8rem', from: 'desktop', cell: (c) => formatConcept(c.severity) },
    rawColumn((c) => formatConcept(c.code)),
  ],
};
