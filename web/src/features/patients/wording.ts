import { formatDate } from '../../lib/dates';
import { groupDigits } from '../../lib/numbers';
import type { PatientQuery } from './query';

export const isEmptyQuery = (query: PatientQuery): boolean => query.name.length === 0 && !query.birthdate && !query.identifier && !query.ambiguous;

/** Says back how the line was understood, so that a misread date or number is seen before a wrong patient is opened. */
export function describeQuery(query: PatientQuery): string {
  const parts: string[] = [];
  if (query.name.length > 0) parts.push(`name ${query.name.map((word) => `“${word}”`).join(' and ')}`);
  if (query.ambiguous) parts.push(`name or identifier “${query.ambiguous}”`);
  if (query.birthdate) parts.push(`born ${formatDate(query.birthdate)}`);
  if (query.identifier) parts.push(`identifier ${groupDigits(query.identifier)}`);
  return parts.length === 0 ? 'All patients by family name' : parts.join(', ').replace(/^./, (c) => c.toUpperCase());
}
