import { formatConcepts, formatReference } from '../../../fhir/display';
import { isEnteredInError } from '../../../fhir/observations';
import type { Encounter } from '../../../fhir/types.gen';
import { formatDateTime, formatLength, instantOf } from '../../../lib/dates';
import { locationOf, stayKind, stayKindNames } from '../clinical';
import { Status } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

function length(e: Encounter): string {
  const start = instantOf(e.period?.start);
  const end = instantOf(e.period?.end);
  if (start === undefined) return '–';
  return end === undefined ? 'ongoing' : formatLength(end - start);
}

export const encounters: ListDefinition<'Encounter'> = {
  type: 'Encounter',
  title: 'Encounters',
  empty: 'No encounters are recorded',
  time: (e) => instantOf(e.period?.start),
  inError: isEnteredInError,
  columns: [
    { name: 'Start', width: '10rem', cell: (e) => <span className="num">{formatDateTime(e.period?.start)}</span> },
    { name: 'Length', width: '6rem', cell: (e) => <span className="num">{e.status === 'in-progress' && !e.period?.end ? 'ongoing' : length(e)}</span> },
    { name: 'Kind', width: '7rem', from: 'tablet', cell: (e) => stayKindNames[stayKind(e)] },
    { name: 'What', cell: (e) => formatConcepts(e.type) },
    { name: 'Reason', from: 'tablet', cell: (e) => formatConcepts(e.reasonCode) },
    { name: 'Where', from: 'desktop', cell: (e) => locationOf(e) ?? formatReference(e.serviceProvider) },
    { name: 'Status', width: '8rem', from: 'tablet', cell: (e) => <Status code={e.status} /> },
    rawColumn((e) => `the encounter of ${formatDateTime(e.period?.start)}`),
  ],
};
