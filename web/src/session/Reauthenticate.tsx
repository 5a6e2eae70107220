import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../lib/http';
import { askPasskey, passkeyProblem, passkeysSupported } from '../lib/passkey';
import { Problem } from '../ui/Problem';
import { useFocused } from '../ui/useFocused';
import form from '../ui/Form.module.css';
import { CodeField } from './CodeField';
import { useAccount } from './session.api';

type Proof = { password: string } | { totp: string } | { credential: unknown };

async function passkeyProof(): Promise<Proof> {
  const options = await send<Record<string, unknown>>('POST', '/access/sign-in/passkey/options');
  try {
    return { credential: await askPasskey(options) };
  } catch (error) {
    throw passkeyProblem(error);
  }
}

/** Proves once more that the person at the screen is the one who signed in; lasts five minutes. */
export function Reauthenticate({ why, done, cancel }: { why: string; done: () => void; cancel: () => void }) {
  const account = useAccount();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [byCode, setByCode] = useState(false);
  const first = useFocused<HTMLInputElement>(!byCode);
  const prove = useMutation({ mutationFn: async (proof: Proof | 'passkey') => send('POST', '/access/reauthenticate', proof === 'passkey' ? await passkeyProof() : proof), onSuccess: done, gcTime: 0 });
  const { totp = false, passkeys = 0 } = account?.secondFactor ?? {};
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        prove.mutate(byCode ? { totp: code } : { password });
      }}
    >
      <p className={form.text}>
        {why} Signed in as <strong>{account?.name}</strong>.
      </p>
      <input type="hidden" name="username" autoComplete="username" value={account?.userName ?? ''} readOnly />
      {byCode ? (
        <CodeField label="Code of your authenticator app" value={code} change={setCode} />
      ) : (
        <PasswordInput label="Your password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" ref={first} />
      )}
      <Problem error={prove.error} />
      <div className={form.row}>
        <Button type="submit" loading={prove.isPending} disabled={byCode ? code.length < 6 : password === ''}>
          Confirm
        </Button>
        {passkeys > 0 && passkeysSupported() && (
          <Button variant="default" onClick={() => prove.mutate('passkey')}>
            Use a passkey
          </Button>
        )}
        {totp && (
          <Button variant="default" onClick={() => setByCode(!byCode)}>
            {byCode ? 'Use the password' : 'Use a code'}
          </Button>
        )}
        <Button variant="default" onClick={cancel}>
          Back
        </Button>
      </div>
    </form>
  );
}
