import { ActionIcon } from '@mantine/core';
import { CodeIcon } from '../ui/icons';
import type { Resource } from './types.gen';
import { useOpenResource } from './useOpenResource';

/** Opens the raw resource in the drawer. `label` says which one, for those who can't see the row. */
export function RawButton({ resource, label, row = true }: { resource: Resource; label: string; row?: boolean }) {
  const { show } = useOpenResource();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      data-row-link={row || undefined}
      aria-label={`Show the record of ${label}`}
      title={`${resource.resourceType}/${resource.id}: raw JSON and history`}
      onClick={() => show(resource.resourceType, resource.id)}
    >
      <CodeIcon size={16} />
    </ActionIcon>
  );
}
