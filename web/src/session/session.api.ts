// Who is signed in. The session itself is a cookie that no script can read; what is here is what the server says of it.
import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import { HttpError, getJson, send, setAntiforgery } from '../lib/http';

/** GET /access/session */
export interface Session {
  signIn: boolean;
  firstRun: boolean;
  antiforgery: string;
  /** Minutes without a request after which a session is over. */
  idleMinutes?: number;
  providers: { id: string; name: string }[];
  demoAccounts?: DemoAccount[];
  account: Account | null;
  /** What is still missing before anything else is answered; there is no account to speak of until then. */
  pending?: Pending | null;
}

export type Pending = 'second-factor' | 'enrol';

export interface DemoAccount {
  userName: string;
  password: string;
  name: string;
  role: string;
  home: string;
}

export interface Account {
  id: string;
  userName: string;
  name: string;
  roles: string[];
  /** Their resource in the record: Practitioner/1, Patient/2, RelatedPerson/3. */
  person?: string | null;
  tenant: { number: number; name: string };
  permissions: string[];
  /** Types of resources that may be searched; all where it is missing, as it is for who may open a record in an emergency. */
  reads?: string[] | null;
  home: string;
  secondFactor: { totp: boolean; passkeys: number; required: boolean };
  session: string;
  pending?: Pending | null;
}

/** What a step of signing in leads to. */
export interface NextStep {
  next: 'done' | 'second-factor' | 'enrol';
}

export const sessionKey = ['access', 'session'] as const;

async function askSession(signal?: AbortSignal): Promise<Session> {
  const session = await getJson<Session>('/access/session', signal);
  setAntiforgery(session.antiforgery);
  return session;
}

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => askSession(signal),
  staleTime: 30_000,
  gcTime: Infinity,
  refetchOnWindowFocus: true,
});

export const useSession = () => useQuery(sessionQuery);

export const pendingOf = (session: Session | undefined): Pending | undefined => session?.pending ?? session?.account?.pending ?? undefined;

/** The account of a session that has all it needs. */
export const readyAccount = (session: Session | undefined): Account | null => (pendingOf(session) ? null : (session?.account ?? null));

/** Whether an answer asks to prove first that it is still the same person (RFC 6585, section 3). */
export const needsProof = (error: unknown): boolean => error instanceof HttpError && error.status === 428;

/** The account below a page that needs one; null only while the session is being asked for. */
export const useAccount = (): Account | null => readyAccount(useQuery(sessionQuery).data);

export const may = (account: Account | null, permission: string): boolean => account?.permissions.includes(permission) ?? false;

/** Whether resources of a type may be searched, if only some of them. */
export const mayRead = (account: Account | null, type: string): boolean => account !== null && (account.reads?.includes(type) ?? true);

export const hasRole = (account: Account | null, ...roles: string[]): boolean => account?.roles.some((role) => roles.includes(role)) ?? false;

/** The id of the patient whom an account belongs to. */
export const ownPatient = (account: Account | null): string | undefined => /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(account?.person ?? '')?.[1];

/** A record that is open in an emergency, until a time. */
export interface OpenedRecord {
  id: string;
  patient: string;
  until: string;
  reason: string;
}

export const openedKey = ['access', 'break-glass'] as const;

/** What the account has opened in an emergency and may still see. */
export function useOpened(): { opened: OpenedRecord[]; asking: boolean } {
  const { data: session } = useSession();
  const enabled = session?.signIn === true && may(readyAccount(session), 'breakglass.use');
  const { data, isPending } = useQuery({ queryKey: openedKey, queryFn: ({ signal }) => getJson<OpenedRecord[]>('/access/break-glass', signal), enabled, staleTime: 30_000 });
  return { opened: data ?? none, asking: enabled && isPending };
}

const none: OpenedRecord[] = [];

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('salus-session');

/** Tells the other tabs that they are somebody else now. */
export const announceSession = (): void => channel?.postMessage('changed');

export function onSessionAnnounced(listener: () => void): () => void {
  channel?.addEventListener('message', listener);
  return () => channel?.removeEventListener('message', listener);
}

const others = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== sessionKey[0] || queryKey[1] !== sessionKey[1] };

/** Everything that was read with other rights, forgotten; what is on the screen is asked for again with those of now. */
export async function forgetRecord(client: QueryClient): Promise<void> {
  client.getMutationCache().clear();
  client.removeQueries({ ...others, type: 'inactive' });
  await client.resetQueries(others);
}

/** Asks anew who is signed in, here and in the other tabs. */
export async function renewSession(client: QueryClient): Promise<Session> {
  await client.cancelQueries({ queryKey: sessionKey });
  const session = await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  announceSession();
  return session;
}

/** Ends the session, and loads the sign-in page from nothing: what scripts remember goes with the page. When there was no session any more, that is what was wanted. */
export async function signOut(client: QueryClient): Promise<void> {
  await send('POST', '/access/sign-out').catch((error: unknown) => {
    if (!(error instanceof HttpError && error.status === 401)) throw error;
  });
  client.clear();
  announceSession();
  window.location.assign('/sign-in?why=signed-out');
}
