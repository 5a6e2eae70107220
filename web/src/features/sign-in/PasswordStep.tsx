import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { conditionalSupported, passkeysSupported } from '../../lib/passkey';
import { PasskeysElsewhere } from '../../session/PasskeysElsewhere';
import { Problem } from '../../ui/Problem';
import { useFocused } from '../../ui/useFocused';
import form from '../../ui/Form.module.css';
import classes from './SignIn.module.css';
import { signIn, signInByPasskey } from './sign-in.api';
import { useArrive } from './useArrive';

interface Props {
  filled?: { userName: string; password: string };
  providers: { id: string; name: string }[];
  arrived: () => void;
}

export function PasswordStep({ filled, providers, arrived }: Props) {
  const [userName, setUserName] = useState(filled?.userName ?? '');
  const [password, setPassword] = useState(filled?.password ?? '');
  const byPassword = useMutation({ mutationFn: signIn, onSuccess: arrived, onError: () => setPassword(''), gcTime: 0 });
  const offered = useConditionalPasskey(arrived);
  const byPasskey = useMutation({
    mutationFn: async () => {
      if (!(await offered())) await signInByPasskey();
    },
    onSuccess: arrived,
    gcTime: 0,
  });
  const first = useFocused<HTMLInputElement>(!filled);
  const submit = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (filled) submit.current?.focus();
  }, [filled]);
  return (
    <>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          byPassword.mutate({ userName: userName.trim(), password });
        }}
      >
        <TextInput label="User name" name="username" value={userName} onChange={(event) => setUserName(event.currentTarget.value)} autoComplete="username webauthn" autoCapitalize="none" spellCheck={false} required withAsterisk={false} ref={first} />
        <PasswordInput label="Password" name="password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} />
        <Problem error={byPassword.error} />
        <Button ref={submit} type="submit" fullWidth loading={byPassword.isPending}>
          Sign in
        </Button>
      </form>
      {(passkeysSupported() || providers.length > 0) && <div className={classes.or}>or</div>}
      {passkeysSupported() && (
        <div className={form.form}>
          <Button
            variant="default"
            fullWidth
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            Use a passkey
          </Button>
          <Problem error={byPasskey.error} />
        </div>
      )}
      {providers.length > 0 && <Providers providers={providers} />}
      <PasskeysElsewhere />
    </>
  );
}

function Providers({ providers }: { providers: Props['providers'] }) {
  const { back } = useArrive();
  const query = new URLSearchParams({ returnUrl: back ?? '/' }).toString();
  return (
    <div className={form.form}>
      {providers.map((provider) => (
        <Button key={provider.id} component="a" variant="default" fullWidth href={`/access/sign-in/external/${encodeURIComponent(provider.id)}?${query}`}>
          Sign in with {provider.name}
        </Button>
      ))}
    </div>
  );
}

/**
 * Offers passkeys in the list below the user name, where the browser can. Only one such question may be open: the returned function ends it, and says whether it
 * had led to a sign-in by then, for a passkey that was chosen there may be on its way to the server.
 */
function useConditionalPasskey(arrived: () => void): () => Promise<boolean> {
  const asking = useRef<{ end: () => Promise<boolean> }>(null);
  const latest = useRef(arrived);
  useEffect(() => {
    latest.current = arrived;
  });
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      if (!(await conditionalSupported()) || controller.signal.aborted) return false;
      await signInByPasskey('conditional', controller.signal);
      latest.current();
      return true;
    };
    // It was never asked for by hand, so its end is nobody's concern: the button reports what goes wrong.
    const answer = ask().catch(() => false);
    asking.current = {
      end: () => {
        controller.abort();
        return answer;
      },
    };
    return () => controller.abort();
  }, []);
  return () => asking.current?.end() ?? Promise.resolve(false);
}
