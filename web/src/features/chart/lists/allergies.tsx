import { formatConcept, formatConcepts } from '../../../fhir/display';
import type { AllergyIntolerance } from '../../../fhir/types.gen';
import { formatDate, instantOf } from '../../../lib/dates';
import { clinicalStatus, isActiveAllergy, isInError } from '../clinical';
import { Status, Tag } from '../Tag';
import { rawColumn, type ListDefinition } from './listDefinition';

const criticality = (a: AllergyIntolerance) => {
  if (a.criticality === 'high') return <Tag tone="high">⚠ high</Tag>;
  return a.criticality ? a.criticality.replace(/-/g, ' ') : '–';
};

function reactions(a: AllergyIntolerance): string {
  const parts = (a.reaction ?? []).map((r) => formatConcepts(r.manifestation) + (r.severity ? ` (${r.severity})` : ''));
  return parts.join('; ') || 'not recorded';
}

export const allergies: ListDefinition<'AllergyIntolerance'> = {
  type: 'AllergyIntolerance',
  title: 'Allergies',
  empty: 'No allergies are recorded. That does not mean there are none.',
  time: (a) => instantOf(a.recordedDate ?? a.onsetDateTime),
  inError: isInError,
  split: { yes: 'Active', no: 'Inactive and refuted', test: isActiveAllergy },
  columns: [
    { name: 'Substance', cell: (a) => formatConcept(a.code) },
    { name: 'Criticality', width: '8rem', cell: criticality },
    { name: 'Reaction', cell: reactions },
    { name: 'Kind', width: '10rem', from: 'desktop', cell: (a) => [a.type, a.category?.join(', ')].filter(Boolean).join(', ') || '–' },
    { name: 'Status', width: '9rem', from: 'tablet', cell: (a) => <Status code={isInError(a) ? 'entered-in-error' : clinicalStatus(a)} /> },
    { name: 'Recorded', width: '8rem', from: 'tablet', cell: (a) => <span className="num">{formatDate(a.recordedDate)}</span> },
    rawColumn((a) => formatConcept(a.code)),
  ],
};
