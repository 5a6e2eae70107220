import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate } from 'react-router';
import { useSession } from '../../session/session.api';
import { Waiting } from '../../ui/Notice';
import { Problem, fieldProblem } from '../../ui/Problem';
import { usePageTitle } from '../../ui/usePageTitle';
import { useFocused } from '../../ui/useFocused';
import form from '../../ui/Form.module.css';
import { Frame } from './Frame';
import { NewPassword, shortestPassword } from './NewPassword';
import { firstRun } from './sign-in.api';
import { useArrive } from './useArrive';

const fields = ['code', 'userName', 'name', 'password'] as const;

/** The first administrator. Only while there is no account, and only with the code from the console of the server. */
export function FirstRunPage() {
  usePageTitle('First administrator');
  const session = useSession();
  const { arrive } = useArrive();
  const [values, setValues] = useState({ code: '', userName: '', name: '', password: '' });
  const make = useMutation({ mutationFn: firstRun, onSuccess: () => void arrive(), gcTime: 0 });
  const first = useFocused<HTMLInputElement>(session.data?.firstRun === true);
  if (!session.data) return <Waiting what="the page" />;
  if (!session.data.firstRun) return <Navigate to="/sign-in" replace />;
  const field = (name: (typeof fields)[number]) => ({
    value: values[name],
    error: fieldProblem(make.error, name),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
    },
    required: true,
    withAsterisk: false,
  });
  return (
    <Frame title="The first administrator">
      <p className={form.text}>This Salus has no account yet. Make the first one here; it invites the others.</p>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(values);
        }}
      >
        <TextInput label="Code" description="Printed on the console when the server started" autoComplete="off" spellCheck={false} ref={first} {...field('code')} />
        <TextInput label="Your name" description="As colleagues know you" autoComplete="name" {...field('name')} />
        <TextInput label="User name" autoComplete="username" autoCapitalize="none" spellCheck={false} {...field('userName')} />
        <NewPassword value={values.password} change={(password) => setValues((before) => ({ ...before, password }))} error={fieldProblem(make.error, 'password')} />
        <Problem error={make.error} but={[...fields]} />
        <Button type="submit" loading={make.isPending} disabled={values.password.length < shortestPassword}>
          Make the account
        </Button>
      </form>
    </Frame>
  );
}
