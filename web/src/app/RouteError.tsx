import { Button } from '@mantine/core';
import { Link, isRouteErrorResponse, useRouteError } from 'react-router';
import { usePageTitle } from '../ui/usePageTitle';
import { NotFound } from './NotFound';
import classes from './Shell.module.css';

/** What a bug or a failed code download leads to; the record itself is untouched, since reading changes nothing. */
export function RouteError() {
  const error = useRouteError();
  usePageTitle('Something failed');
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  const download = error instanceof TypeError && /import|fetch|module/i.test(error.message);
  return (
    <div className={classes.message} role="alert">
      <h1>This page failed</h1>
      <p>{download ? 'A part of the application could not be downloaded. Salus may have been updated, or the network is down.' : 'A fault in the application, not in the record: nothing was changed.'}</p>
      <pre className={classes.fault}>{error instanceof Error ? error.message : String(error)}</pre>
      <p className={classes.actions}>
        <Button variant="filled" size="xs" onClick={() => window.location.reload()}>
          Reload
        </Button>
        <Link to="/">Go to the first page</Link>
      </p>
    </div>
  );
}
