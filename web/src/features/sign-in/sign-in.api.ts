import { queryOptions } from '@tanstack/react-query';
import { getJson, send } from '../../lib/http';
import { askPasskey, passkeyProblem } from '../../lib/passkey';
import type { NextStep } from '../../session/session.api';

export const signIn = (body: { userName: string; password: string }) => send<NextStep>('POST', '/access/sign-in', body);

export const giveSecondFactor = (body: { kind: 'totp' | 'recovery'; code: string }) => send<NextStep>('POST', '/access/sign-in/second-factor', body);

/** Signs in with a passkey; `conditional` waits in the list of the user name's field until one is chosen. */
export async function signInByPasskey(mediation?: CredentialMediationRequirement, signal?: AbortSignal): Promise<NextStep> {
  const options = await send<Record<string, unknown>>('POST', '/access/sign-in/passkey/options');
  let credential;
  try {
    credential = await askPasskey(options, mediation, signal);
  } catch (error) {
    throw passkeyProblem(error);
  }
  return send<NextStep>('POST', '/access/sign-in/passkey', { credential });
}

export const firstRun = (body: { code: string; userName: string; name: string; password: string }) => send<NextStep>('POST', '/access/first-run', body);

/** GET /access/one-time/{token} */
export interface OneTime {
  kind: 'invitation' | 'reset';
  userName?: string | null;
  name: string;
  roles: string[];
}

export const oneTimeQuery = (token: string) =>
  queryOptions({
    queryKey: ['access', 'one-time', token],
    queryFn: ({ signal }) => getJson<OneTime>(`/access/one-time/${encodeURIComponent(token)}`, signal),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });

export const redeemOneTime = (token: string, body: { userName?: string; password: string }) => send<NextStep>('POST', `/access/one-time/${encodeURIComponent(token)}`, body);
