import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { HttpError } from '../../lib/http';
import { useAccount } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Problem } from '../../ui/Problem';
import { usePageTitle } from '../../ui/usePageTitle';
import form from '../../ui/Form.module.css';
import { answerConsent, consentQuery, type ConsentRequest } from './consent.api';
import classes from './Consent.module.css';
import { ChoosePatient } from './ChoosePatient';

/** An app asks; the person decides, scope by scope. */
export function ConsentPage() {
  usePageTitle('An app asks for access');
  const [params] = useSearchParams();
  const id = params.get('request') ?? '';
  const request = useQuery(consentQuery(id));
  const gone = id === '' || (request.error instanceof HttpError && [404, 410].includes(request.error.status));
  return (
    <main className={classes.ground}>
      <div className={classes.card}>
        {gone && (
          <>
            <h1>This request is over</h1>
            <EmptyState title="No app waits for an answer here">The request was answered already, or its time is over. Start again in the app.</EmptyState>
            <Link to="/">Go to the first page</Link>
          </>
        )}
        {!gone && request.isError && <ErrorPanel error={request.error} what="The request of the app" retry={() => void request.refetch()} />}
        {!gone && request.isPending && <Waiting what="the request of the app" />}
        {request.data && <Decision id={id} request={request.data} />}
      </div>
    </main>
  );
}

function Decision({ id, request }: { id: string; request: ConsentRequest }) {
  const account = useAccount();
  const [scopes, setScopes] = useState(() => request.scopes.map((s) => s.scope));
  const [patient, setPatient] = useState(request.patient ?? undefined);
  const answer = useMutation({
    mutationFn: (allow: boolean) => answerConsent(id, { allow, scopes: allow ? scopes : [], patient: allow ? patient : undefined }),
    // The address comes from the server, which compared it with those registered for the app.
    onSuccess: ({ redirect }) => window.location.assign(redirect),
  });
  const waits = request.needsPatient && !patient;
  return (
    <>
      <h1>{`${request.client.name} asks for access`}</h1>
      <p className={form.text}>
        You are signed in as <strong>{account?.name}</strong>. The app would act in your name, and see no more than you may see. It gets the answer at <strong>{request.redirectHost}</strong>.
      </p>
      {request.needsPatient && <ChoosePatient chosen={patient} choose={setPatient} fixed={request.patient ?? undefined} />}
      <Checkbox.Group label="What it may do" value={scopes} onChange={setScopes}>
        <ul className={classes.scopes}>
          {request.scopes.map((s) => (
            <li key={s.scope}>
              <Checkbox
                value={s.scope}
                label={
                  <>
                    {s.words} {s.sensitive && <span className={form.mark} data-tone="medium">Sensitive</span>}
                  </>
                }
                description={<span className="mono">{s.scope}</span>}
              />
            </li>
          ))}
        </ul>
      </Checkbox.Group>
      <Problem error={answer.error} />
      <div className={form.row}>
        <Button onClick={() => answer.mutate(true)} disabled={waits || scopes.length === 0} loading={answer.isPending && answer.variables}>
          Allow
        </Button>
        <Button variant="default" onClick={() => answer.mutate(false)} loading={answer.isPending && !answer.variables}>
          Refuse
        </Button>
      </div>
      <p className="meta">You can take this back at any time under My account.</p>
    </>
  );
}
