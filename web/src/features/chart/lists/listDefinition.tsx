import { RawButton } from '../../../fhir/RawButton';
import type { Resource, ResourceMap, ResourceType } from '../../../fhir/types.gen';
import type { Column } from '../../../ui/DataTable';

/** One list tab of the chart. */
export interface ListDefinition<T extends ResourceType> {
  type: T;
  title: string;
  empty: string;
  columns: Column<ResourceMap[T]>[];
  /** Instant to sort by, newest first. */
  time: (item: ResourceMap[T]) => number | undefined;
  /** Two-way split, the first shown by default; all in one when absent. */
  split?: { yes: string; no: string; test: (item: ResourceMap[T]) => boolean };
  inError: (item: ResourceMap[T]) => boolean;
}

/** The last column of every list: the way to the raw record. */
export const rawColumn = <R extends Resource>(label: (item: R) => string): Column<R> => ({
  name: 'Record',
  width: '5rem',
  cell: (item) => <RawButton resource={item} label={label(item)} />,
});
