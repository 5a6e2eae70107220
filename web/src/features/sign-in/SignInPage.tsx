import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { TotpEnrol } from '../../session/TotpEnrol';
import { pendingOf, readyAccount, signOut, useSession } from '../../session/session.api';
import { DemoAccounts } from './DemoAccounts';
import { Frame } from './Frame';
import { PasswordStep } from './PasswordStep';
import { SecondFactorStep } from './SecondFactorStep';
import { useArrive } from './useArrive';

const reasons = (idleMinutes?: number): Record<string, string> => ({
  ended: `Your session has ended: after ${idleMinutes ? `${idleMinutes} minutes` : 'a time'} without activity, or because it was ended elsewhere. Sign in to go on where you were.`,
  'signed-out': 'You are signed out.',
  external: 'The other sign-in did not succeed. Nothing was changed; try again or use your password.',
});

/** Sign-in in its steps; which one it is, the session says, so that a reload changes nothing. */
export function SignInPage() {
  usePageTitle('Sign in');
  const session = useSession();
  const { go, arrive } = useArrive();
  const [params] = useSearchParams();
  const [filled, setFilled] = useState<{ userName: string; password: string }>();
  const ready = readyAccount(session.data) !== null;
  const pending = pendingOf(session.data);
  // The recovery codes stand on the page after the session is complete: one goes on when they are kept, not before.
  const [enrolling, setEnrolling] = useState(false);
  if (pending === 'enrol' && !enrolling) setEnrolling(true);
  if (enrolling && session.data && !pending && !ready) setEnrolling(false);
  useEffect(() => {
    if (ready && !enrolling) go();
  }, [ready, enrolling, go]);
  if (session.isError && !session.data) {
    return (
      <Frame title="Sign in">
        <ErrorPanel error={session.error} what="The sign-in page" retry={() => void session.refetch()} />
      </Frame>
    );
  }
  if (!session.data || (ready && !enrolling)) return <Waiting what="the sign-in page" />;
  if (session.data.firstRun) return <Navigate to="/first-run" replace />;
  if (enrolling) return <EnrolStep done={() => void arrive().then(() => setEnrolling(false))} />;
  if (pending === 'second-factor') return <SecondFactorStep done={() => void arrive()} />;
  const reason = reasons(session.data.idleMinutes)[params.get('why') ?? (params.has('error') ? 'external' : '')];
  return (
    <Frame title="Sign in" below={session.data.demoAccounts && <DemoAccounts accounts={session.data.demoAccounts} choose={setFilled} />}>
      {reason && (
        <p className={form.warn} role="status">
          {reason}
        </p>
      )}
      <PasswordStep key={filled?.userName ?? ''} filled={filled} providers={session.data.providers} arrived={() => void arrive()} />
    </Frame>
  );
}

function EnrolStep({ done }: { done: () => void }) {
  const client = useQueryClient();
  return (
    <Frame title="Set up a second factor" wide>
      <p className={form.text}>Your role needs one: a password alone does not open health records. It takes a minute and an authenticator app on your telephone.</p>
      <TotpEnrol done={done} />
      <div>
        <Button variant="subtle" size="compact-sm" onClick={() => void signOut(client)}>
          Sign in as somebody else
        </Button>
      </div>
    </Frame>
  );
}
