import { queryOptions } from '@tanstack/react-query';
import { getJson, send } from '../../lib/http';
import { createPasskey, passkeyProblem } from '../../lib/passkey';

export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt?: string | null;
}

export interface OpenSession {
  id: string;
  current: boolean;
  createdAt: string;
  lastSeenAt: string;
  address?: string | null;
  agent?: string | null;
  app?: string | null;
}

export interface AllowedApp {
  id: string;
  client: { id: string; name: string };
  scopes: string[];
  grantedAt: string;
  lastUsedAt?: string | null;
}

export const passkeysQuery = queryOptions({ queryKey: ['access', 'passkeys'], queryFn: ({ signal }) => getJson<Passkey[]>('/access/account/passkeys', signal) });
export const sessionsQuery = queryOptions({ queryKey: ['access', 'sessions'], queryFn: ({ signal }) => getJson<OpenSession[]>('/access/account/sessions', signal) });
export const appsQuery = queryOptions({ queryKey: ['access', 'apps'], queryFn: ({ signal }) => getJson<AllowedApp[]>('/access/apps', signal) });

export const changePassword = (body: { current: string; new: string }) => send('POST', '/access/account/password', body);
export const removeTotp = (password: string) => send('POST', '/access/account/totp/remove', { password });
export const newRecoveryCodes = (password: string) => send<{ recoveryCodes: string[] }>('POST', '/access/account/recovery-codes', { password });

export async function addPasskey(name: string): Promise<void> {
  const options = await send<Record<string, unknown>>('POST', '/access/account/passkeys/options');
  let credential;
  try {
    credential = await createPasskey(options);
  } catch (error) {
    throw passkeyProblem(error);
  }
  await send('POST', '/access/account/passkeys', { name, credential });
}

export const removePasskey = (id: string) => send('DELETE', `/access/account/passkeys/${encodeURIComponent(id)}`);
export const endSession = (id: string) => send('DELETE', `/access/account/sessions/${encodeURIComponent(id)}`);
export const endOtherSessions = () => send('DELETE', '/access/account/sessions');
export const removeApp = (id: string) => send('DELETE', `/access/apps/${encodeURIComponent(id)}`);
