import { Navigate } from 'react-router';
import { safeReturn } from '../lib/returnUrl';
import { ownPatient, useAccount } from '../session/session.api';
import { looksForPatients, pagesFor } from './pages';

/** The first page of a role; without sign-in, the patients. */
export function Home() {
  const account = useAccount();
  const home = safeReturn(account?.home);
  // A home that the role can't open would be an error as a greeting.
  const closed = home === undefined || home === '/' || (home === '/patients' && account !== null && !looksForPatients(account));
  return <Navigate to={closed ? (pagesFor(account)[0]?.to ?? '/account') : home} replace />;
}

/** One's own chart, at an address that is the same for everybody. */
export function MyRecord() {
  const own = ownPatient(useAccount());
  return <Navigate to={own ? `/patients/${own}` : '/patients'} replace />;
}
