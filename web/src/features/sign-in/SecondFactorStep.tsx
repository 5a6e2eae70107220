import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeField } from '../../session/CodeField';
import { signOut } from '../../session/session.api';
import { Problem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { Frame } from './Frame';
import { giveSecondFactor } from './sign-in.api';

export function SecondFactorStep({ done }: { done: () => void }) {
  const client = useQueryClient();
  const [kind, setKind] = useState<'totp' | 'recovery'>('totp');
  const [code, setCode] = useState('');
  const give = useMutation({ mutationFn: giveSecondFactor, onSuccess: done, onError: () => setCode(''), gcTime: 0 });
  const other = () => {
    setKind(kind === 'totp' ? 'recovery' : 'totp');
    setCode('');
    give.reset();
  };
  return (
    <Frame title="Second factor">
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          give.mutate({ kind, code: code.trim() });
        }}
      >
        <CodeField key={kind} label={kind === 'totp' ? 'Code of your authenticator app' : 'Recovery code'} kind={kind} value={code} change={setCode} />
        <Problem error={give.error} />
        <div className={form.row}>
          <Button type="submit" loading={give.isPending} disabled={code.trim().length < 6}>
            Continue
          </Button>
          <Button variant="default" onClick={other}>
            {kind === 'totp' ? 'Use a recovery code' : 'Use the app'}
          </Button>
        </div>
      </form>
      <p className={form.text}>
        No app and no codes left? An administrator can remove your second factor.{' '}
        <Button variant="subtle" size="compact-sm" onClick={() => void signOut(client)}>
          Sign in as somebody else
        </Button>
      </p>
    </Frame>
  );
}
