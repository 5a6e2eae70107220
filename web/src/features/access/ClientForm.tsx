import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Reauthenticate } from '../../session/Reauthenticate';
import { needsProof } from '../../session/session.api';
import { CopyButton } from '../../ui/CopyButton';
import { Problem, fieldProblem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { changeClient, clientsQuery, registerClient, removeClient, type Client, type ClientFields, type ClientKind } from './access.api';

export const kinds: Record<ClientKind, { short: string; words: string }> = {
  public: { short: 'Public', words: 'Public: runs in a browser or on a telephone, keeps no secret' },
  confidential: { short: 'Confidential', words: 'Confidential: runs on a server of its own, keeps a secret or a key' },
  service: { short: 'Service', words: 'Service: acts by itself, without a person, and signs with its key' },
};

interface Draft {
  name: string;
  kind: ClientKind;
  redirectUris: string;
  launchUri: string;
  scopes: string;
  jwks: string;
  jwksUrl: string;
}

const draftOf = (app: Client | undefined): Draft => ({
  name: app?.name ?? '',
  kind: app?.kind ?? 'public',
  redirectUris: app?.redirectUris?.join('\n') ?? '',
  launchUri: app?.launchUri ?? '',
  scopes: app?.scopes?.join(' ') ?? 'launch/patient patient/*.rs openid fhirUser',
  jwks: app?.jwks ? JSON.stringify(app.jwks, undefined, 1) : '',
  jwksUrl: app?.jwksUrl ?? '',
});

const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** The fields as sent. Throws with a clear text when the keys are not JSON. */
function fieldsOf(draft: Draft, state: string | undefined): ClientFields {
  const keys = draft.kind === 'public' ? '' : draft.jwks.trim();
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    redirectUris: draft.kind === 'service' ? [] : words(draft.redirectUris),
    launchUri: draft.launchUri.trim() || null,
    scopes: words(draft.scopes),
    jwks: keys ? parsedKeys(keys) : null,
    jwksUrl: draft.kind === 'public' ? null : draft.jwksUrl.trim() || null,
    ...(state && { state }),
  };
}

function parsedKeys(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('The public keys are not JSON. Paste the whole key set: {"keys": [ … ]}.');
  }
}

export function ClientForm({ app, close }: { app?: Client; close: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(app));
  const onSuccess = () => client.invalidateQueries({ queryKey: clientsQuery.queryKey });
  const save = useMutation({
    mutationFn: async (): Promise<{ id: string; secret?: string } | undefined> => {
      const fields = fieldsOf(draft, app?.state);
      return app ? changeClient(app.id, fields) : registerClient(fields);
    },
    onSuccess: async () => {
      await onSuccess();
      if (app) close();
    },
    gcTime: 0,
  });
  const remove = useMutation({ mutationFn: () => removeClient(app!.id), onSuccess });
  const refused = [save, remove].find((act) => needsProof(act.error));
  if (refused) return <Reauthenticate why="What apps may ask for needs your confirmation." done={() => refused.mutate()} cancel={() => refused.reset()} />;
  if (save.data && !app) return <Registered id={save.data.id} secret={save.data.secret} close={close} />;
  return (
    <form
      className={form.form}
      style={{ maxWidth: '44rem' }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Fields draft={draft} change={(part) => setDraft((before) => ({ ...before, ...part }))} error={save.error} fixedKind={app !== undefined} />
      <Problem error={save.error} but={['name', 'redirectUris', 'launchUri', 'scopes', 'jwks', 'jwksUrl']} />
      <div className={form.row}>
        <Button type="submit" size="xs" loading={save.isPending} disabled={draft.name.trim() === ''}>
          {app ? 'Save' : 'Register'}
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          Cancel
        </Button>
        {app && <Remove act={remove} />}
      </div>
    </form>
  );
}

function Fields({ draft, change, error, fixedKind }: { draft: Draft; change: (part: Partial<Draft>) => void; error: unknown; fixedKind: boolean }) {
  const text = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change({ [name]: event.currentTarget.value }),
    error: fieldProblem(error, name),
    autoComplete: 'off',
    spellCheck: false,
  });
  const service = draft.kind === 'service';
  return (
    <>
      <TextInput label="Name" description="People see it when they are asked" {...text('name')} />
      <NativeSelect label="Kind" disabled={fixedKind} value={draft.kind} onChange={(event) => change({ kind: event.currentTarget.value as ClientKind })} data={Object.entries(kinds).map(([value, kind]) => ({ value, label: kind.words }))} />
      {!service && <Textarea label="Redirect addresses" description="One a line; the app’s must be the same to the letter" autosize minRows={2} {...text('redirectUris')} />}
      {!service && <TextInput label="Launch address (optional)" description="Where Salus opens the app for a patient" {...text('launchUri')} />}
      <Textarea label="Scopes" description="The most it may ever ask for, separated by blanks" autosize minRows={2} {...text('scopes')} />
      {draft.kind !== 'public' && <TextInput label="Address of its public keys" {...text('jwksUrl')} />}
      {draft.kind !== 'public' && <Textarea label="or the public keys themselves (JWKS)" autosize minRows={2} maxRows={10} {...text('jwks')} />}
    </>
  );
}

function Registered({ id, secret, close }: { id: string; secret?: string; close: () => void }) {
  return (
    <div className={form.form}>
      <p className={form.text}>The app is registered. Its client id:</p>
      <p className={form.secret}>{id}</p>
      {secret && (
        <>
          <p className={form.text}>
            Its secret. <strong>It is not shown again.</strong>
          </p>
          <p className={form.secret}>{secret}</p>
          <CopyButton text={secret} label="Copy the secret" />
        </>
      )}
      <div>
        <Button size="xs" onClick={close}>
          Done
        </Button>
      </div>
    </div>
  );
}

function Remove({ act: remove }: { act: { mutate: () => void; isPending: boolean; error: unknown } }) {
  const [sure, setSure] = useState(false);
  return (
    <>
      <Button size="xs" variant={sure ? 'filled' : 'default'} color={sure ? 'red.9' : undefined} loading={remove.isPending} onClick={() => (sure ? remove.mutate() : setSure(true))}>
        {sure ? 'Remove it, and end all its tokens' : 'Remove'}
      </Button>
      <Problem error={remove.error} />
    </>
  );
}
