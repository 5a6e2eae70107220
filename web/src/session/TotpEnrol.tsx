import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { send } from '../lib/http';
import { Waiting } from '../ui/Notice';
import { Problem } from '../ui/Problem';
import form from '../ui/Form.module.css';
import { CodeField } from './CodeField';
import { Reauthenticate } from './Reauthenticate';
import { RecoveryCodes } from './RecoveryCodes';
import { needsProof } from './session.api';
import classes from './session.module.css';

interface Secret {
  secret: string;
  uri: string;
  qrSvg: string;
}

/** Time-based codes (RFC 6238): shows the secret to an authenticator app, checks one code, then shows the recovery codes. */
export function TotpEnrol({ done, cancel }: { done: () => void; cancel?: () => void }) {
  const start = useMutation({ mutationFn: () => send<Secret>('POST', '/access/account/totp'), gcTime: 0 });
  const confirm = useMutation({ mutationFn: (code: string) => send<{ recoveryCodes: string[] }>('POST', '/access/account/totp/confirm', { code }), gcTime: 0 });
  const [code, setCode] = useState('');
  const { mutate } = start;
  useEffect(() => mutate(), [mutate]);
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} done={done} />;
  if (needsProof(start.error ?? confirm.error)) return <Reauthenticate why="A new way to sign in needs your confirmation." done={() => start.mutate()} cancel={cancel ?? (() => start.mutate())} />;
  if (start.isError) return <Problem error={start.error} />;
  if (!start.data) return <Waiting what="a new secret" />;
  const { secret, qrSvg } = start.data;
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(code);
      }}
    >
      <div className={classes.enrol}>
        <img className={classes.qr} src={`data:image/svg+xml;utf8,${encodeURIComponent(qrSvg)}`} alt="QR code of the secret, for an authenticator app" />
        <div className={form.form}>
          <p className={form.text}>Scan this with an authenticator app, or type the key into it:</p>
          <p className={form.secret} data-secret>
            {secret.replace(/(.{4})(?=.)/g, '$1 ')}
          </p>
          <CodeField label="Code that the app shows" value={code} change={setCode} focused={false} />
          <Problem error={confirm.error} />
          <div className={form.row}>
            <Button type="submit" loading={confirm.isPending} disabled={code.length < 6}>
              Switch on
            </Button>
            {cancel && (
              <Button variant="default" onClick={cancel}>
                Cancel
              </Button>
            )}
          </div>
        </div>
      </div>
    </form>
  );
}
