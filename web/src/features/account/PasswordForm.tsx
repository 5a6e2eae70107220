import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { renewSession } from '../../session/session.api';
import { Problem, fieldProblem } from '../../ui/Problem';
import { Section } from '../../ui/Section';
import form from '../../ui/Form.module.css';
import { changePassword } from './account.api';

const empty = { current: '', new: '' };

export function PasswordForm({ userName }: { userName: string }) {
  const client = useQueryClient();
  const [values, setValues] = useState(empty);
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      setValues(empty);
      await renewSession(client);
      await client.invalidateQueries({ queryKey: ['access', 'sessions'] });
    },
    gcTime: 0,
  });
  const field = (name: keyof typeof empty) => ({
    value: values[name],
    error: fieldProblem(change.error, name),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
    },
  });
  return (
    <Section title="Password">
      <form
        className={form.inset}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(values);
        }}
      >
        <input type="hidden" name="username" autoComplete="username" value={userName} readOnly />
        <PasswordInput label="Present password" autoComplete="current-password" {...field('current')} />
        <PasswordInput label="New password" description="At least 12 characters; passwords known from breaches are refused." autoComplete="new-password" {...field('new')} />
        <Problem error={change.error} but={['current', 'new']} />
        {change.isSuccess && <p className={form.good} role="status">The password is changed. Your other sessions have ended.</p>}
        <div>
          <Button type="submit" size="xs" loading={change.isPending} disabled={values.current === '' || values.new.length < 12}>
            Change the password
          </Button>
        </div>
      </form>
    </Section>
  );
}
