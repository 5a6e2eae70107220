import { queryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { getJson, send } from '../../lib/http';

export type UserState = 'active' | 'locked' | 'invited' | 'disabled';

export interface User {
  id: string;
  userName?: string | null;
  name: string;
  roles: string[];
  person?: string | null;
  wards: string[];
  tenant?: unknown;
  state: UserState;
  lastSeenAt?: string | null;
  secondFactor?: unknown;
  version?: number | string;
}

export interface UserFields {
  name: string;
  roles: string[];
  person?: string | null;
  wards: string[];
}

const base = '/admin/access/users';
const at = (id: string, action = '') => `${base}/${encodeURIComponent(id)}${action && `/${action}`}`;

export const useUsers = (query: string, state: string) =>
  useInfiniteQuery({
    queryKey: ['admin', 'users', query, state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => getJson<{ users: User[]; next?: string | null }>(`${base}?${new URLSearchParams({ ...(query && { query }), ...(state && { state }), count: '50', ...(pageParam && { cursor: pageParam }) }).toString()}`, signal),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  });

export const userQuery = (id: string) => queryOptions({ queryKey: ['admin', 'users', 'one', id], queryFn: ({ signal }) => getJson<User>(at(id), signal) });

export interface UserSession {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  address?: string | null;
  agent?: string | null;
  app?: string | null;
}
export const userSessionsQuery = (id: string) => queryOptions({ queryKey: ['admin', 'users', 'sessions', id], queryFn: ({ signal }) => getJson<UserSession[]>(at(id, 'sessions'), signal) });

export const invite = (body: UserFields & { userName?: string }) => send<{ user: User; link: string }>('POST', base, body);
export const changeUser = (id: string, body: UserFields & { version?: number | string }) => send<User>('PUT', at(id), body);

export type UserAction = 'lock' | 'unlock' | 'disable' | 'enable' | 'reset-link' | 'sign-out' | 'remove-second-factor';
export const actOnUser = (id: string, action: UserAction) => send<{ link?: string } | undefined>('POST', at(id, action));

/** GET /admin/access/table: the permissions as the program reads them. */
export interface PermissionTable {
  roles: { name: string; description: string }[];
  groups: { name: string; types: string[] }[];
  rows: { role: string; resources: string; types: string[]; interactions: string; condition: string; clearance: string; note?: string | null }[];
  permissions: { role: string; permissions: string[] }[];
  conditions: { name: string; description: string }[];
}
export const tableQuery = queryOptions({ queryKey: ['admin', 'permissions'], queryFn: ({ signal }) => getJson<PermissionTable>('/admin/access/table', signal), staleTime: Infinity });

export type ClientKind = 'public' | 'confidential' | 'service';

/** A registered app. */
export interface Client {
  id: string;
  name: string;
  kind: ClientKind;
  redirectUris: string[];
  launchUri?: string | null;
  scopes: string[];
  jwks?: unknown;
  jwksUrl?: string | null;
  state: string;
  createdAt?: string;
}
export type ClientFields = Omit<Client, 'id' | 'createdAt' | 'state'> & { state?: string };

export const clientsQuery = queryOptions({ queryKey: ['admin', 'clients'], queryFn: async ({ signal }) => listOf(await getJson<Client[] | { clients: Client[] }>('/admin/access/clients', signal)) });
const listOf = (answer: Client[] | { clients: Client[] }) => (Array.isArray(answer) ? answer : answer.clients);

const client = (id: string) => `/admin/access/clients/${encodeURIComponent(id)}`;
export const registerClient = (body: ClientFields) => send<Client & { secret?: string }>('POST', '/admin/access/clients', body);
export const changeClient = (id: string, body: ClientFields) => send('PUT', client(id), body);
export const removeClient = (id: string) => send('DELETE', client(id));
