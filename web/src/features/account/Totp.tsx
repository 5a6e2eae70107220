import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { RecoveryCodes } from '../../session/RecoveryCodes';
import { TotpEnrol } from '../../session/TotpEnrol';
import { renewSession, type Account } from '../../session/session.api';
import { ActForm } from '../../ui/ActForm';
import { Section } from '../../ui/Section';
import { useFocused } from '../../ui/useFocused';
import form from '../../ui/Form.module.css';
import { newRecoveryCodes, removeTotp } from './account.api';

type Step = 'enrol' | 'remove' | 'codes';

/** Codes of an authenticator app. */
export function Totp({ account }: { account: Account }) {
  const client = useQueryClient();
  const [step, setStep] = useState<Step>();
  const { totp, required } = account.secondFactor;
  const done = () => {
    setStep(undefined);
    void renewSession(client);
  };
  return (
    <Section title="Codes of an authenticator app" aside={<span className={form.mark} data-tone={totp ? 'ok' : required ? 'high' : undefined}>{totp ? 'On' : required ? 'Off, but needed' : 'Off'}</span>}>
      <div className={form.inset}>
        {step === 'enrol' && <TotpEnrol done={done} cancel={() => setStep(undefined)} />}
        {(step === 'remove' || step === 'codes') && <WithPassword step={step} done={done} />}
        {step === undefined && (
          <>
            <p className={form.text}>{totp ? 'Sign-in with the password asks for a code of your app.' : 'A second factor beside the password: an app on your telephone shows a new code every 30 seconds.'}</p>
            <div className={form.row}>
              {!totp && (
                <Button size="xs" onClick={() => setStep('enrol')}>
                  Set up
                </Button>
              )}
              {totp && (
                <Button size="xs" variant="default" onClick={() => setStep('codes')}>
                  New recovery codes
                </Button>
              )}
              {totp && (
                <Button size="xs" variant="default" onClick={() => setStep('remove')}>
                  Switch off
                </Button>
              )}
            </div>
          </>
        )}
      </div>
    </Section>
  );
}

const texts = {
  remove: { why: 'Without it, the password alone lets one in. Give the password to go on.', button: 'Switch off' },
  codes: { why: 'The codes that you have now stop working. Give your password to go on.', button: 'Make new codes' },
};

function WithPassword({ step, done }: { step: 'remove' | 'codes'; done: () => void }) {
  const [password, setPassword] = useState('');
  const first = useFocused<HTMLInputElement>();
  const act = useMutation({
    mutationFn: async () => (step === 'codes' ? (await newRecoveryCodes(password)).recoveryCodes : removeTotp(password).then(() => undefined)),
    onSuccess: (codes) => codes === undefined && done(),
    gcTime: 0,
  });
  if (act.data) return <RecoveryCodes codes={act.data} done={done} />;
  return (
    <ActForm act={act} send={() => act.mutate()} label={texts[step].button} size="xs" disabled={password === ''} cancel={done}>
      <p className={form.text}>{texts[step].why}</p>
      <PasswordInput label="Password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} ref={first} />
    </ActForm>
  );
}
