import { Link, useLocation } from 'react-router';
import { usePageTitle } from '../ui/usePageTitle';
import classes from './Shell.module.css';

export function NotFound() {
  const { pathname } = useLocation();
  usePageTitle('Not found');
  return (
    <div className={classes.message}>
      <h1>There is no page at this address</h1>
      <p>
        <span className="mono">{pathname}</span> leads nowhere. The address may be mistyped, or the page may have been removed.
      </p>
      <p>
        <Link to="/">Go to the first page</Link>
      </p>
    </div>
  );
}
