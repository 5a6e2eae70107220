import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import { HttpError } from '../../lib/http';
import { useSession } from '../../session/session.api';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem, fieldProblem } from '../../ui/Problem';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { Frame } from './Frame';
import { NewPassword, shortestPassword } from './NewPassword';
import { oneTimeQuery, redeemOneTime, type OneTime } from './sign-in.api';
import { useArrive } from './useArrive';

/** Where the link of an invitation or of a password reset leads. */
export function OneTimePage() {
  usePageTitle('Set your password');
  const { token = '' } = useParams();
  // The session first: it brings the token that the form needs.
  const session = useSession();
  const link = useQuery({ ...oneTimeQuery(token), enabled: session.data !== undefined });
  const spent = link.error instanceof HttpError && [404, 410].includes(link.error.status);
  if (link.data) return <Redeem token={token} link={link.data} />;
  return (
    <Frame title={spent ? 'This link leads nowhere any more' : 'Set your password'}>
      {spent && <p className={form.text}>It was used already, or its time is over. Ask the administrator who sent it for a new one.</p>}
      {!spent && (link.error ?? session.error) && <ErrorPanel error={link.error ?? session.error} what="The link" retry={() => void (session.data ? link.refetch() : session.refetch())} />}
      {link.isPending && !session.error && <Waiting what="the link" />}
      {spent && <Link to="/sign-in">Go to sign-in</Link>}
    </Frame>
  );
}

function Redeem({ token, link }: { token: string; link: OneTime }) {
  const { go, arrive } = useArrive();
  const [userName, setUserName] = useState(link.userName ?? '');
  const [password, setPassword] = useState('');
  const redeem = useMutation({ mutationFn: () => redeemOneTime(token, { userName: link.userName ? undefined : userName.trim(), password }), onSuccess: arrive, gcTime: 0 });
  useEffect(() => {
    // Where a second factor is still missing, the first page leads to the sign-in page, which asks for it.
    if (redeem.isSuccess) go();
  }, [redeem.isSuccess, go]);
  const invited = link.kind === 'invitation';
  return (
    <Frame title={invited ? `Welcome, ${link.name}` : 'Set a new password'}>
      <p className={form.text}>{invited ? `You are invited to Salus as ${link.roles.join(', ')}. Choose how you sign in.` : `For the account of ${link.name}. All its sessions end.`}</p>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          redeem.mutate();
        }}
      >
        <TextInput label="User name" autoComplete="username" autoCapitalize="none" spellCheck={false} value={userName} onChange={(event) => setUserName(event.currentTarget.value)} readOnly={Boolean(link.userName)} required withAsterisk={false} error={fieldProblem(redeem.error, 'userName')} />
        <NewPassword value={password} change={setPassword} error={fieldProblem(redeem.error, 'password')} />
        <Problem error={redeem.error} but={['userName', 'password']} />
        <Button type="submit" loading={redeem.isPending} disabled={password.length < shortestPassword || userName.trim() === ''}>
          {invited ? 'Take up the account' : 'Set the password'}
        </Button>
      </form>
    </Frame>
  );
}
