import { formatConcepts } from '../../../fhir/display';
import { isEnteredInError } from '../../../fhir/observations';
import type { CarePlan } from '../../../fhir/types.gen';
import { formatDate, instantOf } from '../../../lib/dates';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

const title = (plan: CarePlan) => plan.title ?? formatConcepts(plan.category);
const activities = (plan: CarePlan) => (plan.activity ?? []).map((a) => a.detail?.description ?? formatConcepts(a.detail?.code && [a.detail.code])).join(', ') || '–';

export const plans: ListDefinition<'CarePlan'> = {
  type: 'CarePlan',
  title: 'Care plans',
  empty: 'No care plans are recorded',
  time: (p) => instantOf(p.period?.start ?? p.created),
  inError: isEnteredInError,
  split: { yes: 'Active', no: 'Completed and other', test: (p) => p.status === 'active' || p.status === 'on-hold' },
  columns: [
    { name: 'Plan', cell: title },
    { name: 'Activities', cell: activities, from: 'tablet' },
    { name: 'From', width: '8rem', cell: (p) => <span className="num">{formatDate(p.period?.start)}</span> },
    { name: 'To', width: '8rem', from: 'tablet', cell: (p) => <span className="num">{formatDate(p.period?.end)}</span> },
    { name: 'Status', width: '8rem', cell: (p) => <Status code={p.status} /> },
    rawColumn(title),
  ],
};
