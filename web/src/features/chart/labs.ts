import { formatConcept } from '../../fhir/display';
import { codeKey, isEnteredInError, timeOf } from '../../fhir/observations';
import type { Observation } from '../../fhir/types.gen';

/** The results of one test, newest first. */
export interface LabGroup {
  key: string;
  name: string;
  results: Observation[];
  /** The newest result that is not entered in error. */
  latest?: Observation;
}

/** Groups by first coding; the name is that of the newest result. Newest group first, then by name. */
export function groupLabs(observations: Observation[]): LabGroup[] {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = codeKey(observation.code);
    const group = groups.get(key);
    if (group) group.push(observation);
    else groups.set(key, [observation]);
  }
  const time = (o: Observation | undefined) => (o && timeOf(o)) ?? -Infinity;
  return [...groups]
    .map(([key, results]) => {
      results.sort((a, b) => time(b) - time(a));
      return { key, name: formatConcept(results[0]!.code), results, latest: results.find((o) => !isEnteredInError(o)) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Numbers of one unit, oldest first, for lines: results in error, with another unit or without a number are left out. */
export function numbersOf(group: LabGroup): { time: number; value: number }[] {
  const unit = group.latest?.valueQuantity?.unit ?? group.latest?.valueQuantity?.code;
  return group.results
    .flatMap((o) => {
      const [time, value] = [timeOf(o), o.valueQuantity?.value];
      const same = (o.valueQuantity?.unit ?? o.valueQuantity?.code) === unit;
      return time === undefined || value === undefined || !same || isEnteredInError(o) ? [] : [{ time, value }];
    })
    .reverse();
}
