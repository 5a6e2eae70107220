import { useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { signInPath } from '../lib/returnUrl';
import { may, readyAccount, useAccount, useSession } from '../session/session.api';
import { ErrorPanel, Waiting } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import classes from './Shell.module.css';

/** Everything below is for somebody who is signed in. Nothing of a page is drawn before that is known. */
export function RequireSession() {
  const session = useSession();
  const { pathname, search, hash } = useLocation();
  const signedIn = readyAccount(session.data) !== null;
  const [wasIn, setWasIn] = useState(false);
  if (signedIn && !wasIn) setWasIn(true);
  if (session.isError && !session.data) {
    return (
      <main className={classes.message}>
        <h1>Salus</h1>
        <ErrorPanel error={session.error} what="The session" retry={() => void session.refetch()} />
      </main>
    );
  }
  if (!session.data) return <Waiting what="Salus" />;
  if (signedIn) return <Outlet />;
  if (session.data.firstRun) return <Navigate to="/first-run" replace />;
  return <Navigate to={signInPath(pathname + search + hash, wasIn ? 'ended' : undefined)} replace />;
}

/** What a permission lets one do, for those who lack it. */
const words: Record<string, string> = {
  'system.view': 'see the state of the system',
  'monitoring.view': 'see devices, rules of alerts and the burden of alarms',
  'users.manage': 'manage users',
  'apps.manage': 'manage apps',
  'audit.read': 'search the audit trail',
  'breakglass.review': 'review emergency access',
};

/** A page that needs a permission says so instead of asking the server in vain. */
export function Needs({ permission }: { permission: string }) {
  const account = useAccount();
  return may(account, permission) ? <Outlet /> : <Closed permission={permission} roles={account?.roles ?? []} />;
}

function Closed({ permission, roles }: { permission: string; roles: string[] }) {
  usePageTitle('Not for your role');
  return (
    <div className={classes.message}>
      <h1>This page is not for your role</h1>
      <p>
        To {words[permission] ?? 'open it'} one needs the permission <span className="mono">{permission}</span>. {roles.length > 0 ? `You have the role ${roles.join(', ')}, which does not give it.` : 'You have no role.'}
      </p>
      <p>If your work needs it, ask an administrator of Salus for a role that has it.</p>
    </div>
  );
}
