import { Button, Progress } from '@mantine/core';
import { formatCount } from '../../lib/numbers';
import type { AllPages } from '../../fhir/useAllPages';
import classes from './Chart.module.css';

/** How far a long list has come, and that it was cut if it was. Says nothing once a list is complete. */
export function LoadState({ list, what, more }: { list: AllPages<unknown>; what: string; more?: { step: number; load: () => void } }) {
  const { resources, total, loading, capped } = list;
  if (capped) {
    return (
      <p className={classes.progress} role="status">
        <strong>{`Only the newest ${formatCount(resources.length)}${total ? ` of ${formatCount(total)}` : ''} ${what} are shown.`}</strong>
        {more && (
          <Button variant="default" size="compact-xs" onClick={more.load}>
            {`Load ${formatCount(more.step)} more`}
          </Button>
        )}
      </p>
    );
  }
  if (!loading || resources.length === 0) return null;
  return (
    <p className={classes.progress} role="status">
      <span>{`Loading ${what}: ${formatCount(resources.length)}${total ? ` of ${formatCount(total)}` : ''}`}</span>
      {total !== undefined && <Progress value={(100 * resources.length) / total} w="10rem" size="sm" aria-label={`${what} loaded`} />}
    </p>
  );
}
