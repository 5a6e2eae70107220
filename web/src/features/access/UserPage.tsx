import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { HttpError } from '../../lib/http';
import { Reauthenticate } from '../../session/Reauthenticate';
import { needsProof, useAccount } from '../../session/session.api';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import classes from './Access.module.css';
import { changeUser, userQuery, type User, type UserFields } from './access.api';
import { trimmed, UserFieldset } from './UserFields';
import { factorText, UserMark } from './UserMark';
import { UserActions } from './UserActions';
import { UserSessions } from './UserSessions';

export function UserPage() {
  const { userId = '' } = useParams();
  const user = useQuery(userQuery(userId));
  usePageTitle(user.data?.name ?? 'User');
  return (
    <div className={form.page}>
      <p className={form.text}>
        <Link to="/users">Users</Link>
      </p>
      {user.isError && !user.data && <ErrorPanel error={user.error} what="The account" retry={() => void user.refetch()} />}
      {user.isPending && <Waiting what="the account" />}
      {user.data && (
        <>
          <div className={form.heading}>
            <h1>{user.data.name}</h1>
            <UserMark state={user.data.state} />
          </div>
          <div className={classes.grid}>
            {/* Keyed by version: what another administrator saved replaces what is typed only after it was said. */}
            <UserForm key={String(user.data.version ?? '')} user={user.data} />
            <div className={form.form}>
              <Section title="Sign-in" aside={`Second factor: ${factorText(user.data.secondFactor)}`}>
                <UserActions user={user.data} />
              </Section>
              <UserSessions id={userId} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}

function UserForm({ user }: { user: User }) {
  const client = useQueryClient();
  const own = useAccount()?.id === user.id;
  const [fields, setFields] = useState<UserFields>({ name: user.name, roles: user.roles, person: user.person ?? null, wards: user.wards ?? [] });
  const save = useMutation({ mutationFn: () => changeUser(user.id, { ...trimmed(fields), version: user.version }), onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }) });
  if (needsProof(save.error)) {
    return (
      <Section title="Account">
        <div className={form.inset}>
          <Reauthenticate why="Changing an account needs your confirmation." done={() => save.mutate()} cancel={() => save.reset()} />
        </div>
      </Section>
    );
  }
  const stale = save.error instanceof HttpError && [409, 412].includes(save.error.status);
  return (
    <Section title="Account" aside={user.userName ?? 'has not chosen a user name yet'}>
      <form
        className={form.inset}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <UserFieldset value={fields} change={setFields} error={save.error} ownRoles={own} />
        <Problem error={save.error} but={['name', 'roles', 'person', 'wards']} />
        {save.isSuccess && <p className={form.good} role="status">Saved. Changed roles hold from the next request on.</p>}
        <div className={form.row}>
          <Button type="submit" size="xs" loading={save.isPending} disabled={fields.name.trim() === ''}>
            Save
          </Button>
          {stale && (
            <Button size="xs" variant="default" onClick={() => void client.invalidateQueries({ queryKey: ['admin', 'users'] })}>
              Load the account as it is now
            </Button>
          )}
        </div>
      </form>
    </Section>
  );
}
