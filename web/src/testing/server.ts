// A server for tests: answers fetch by a table of addresses, and keeps what was asked. Only tests import it.
import { vi } from 'vitest';

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };
export type Routes = Record<string, Answer | ((asked: Asked) => Answer)>;

/** `GET /access/session` and the like; an address that no route names is answered 404, as OperationOutcome. */
export function serve(routes: Routes): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    const path = url.split('?')[0]!;
    const asked = { method: init.method ?? 'GET', path: url, headers: (init.headers ?? {}) as Record<string, string>, body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined };
    all.push(asked);
    const route = routes[`${asked.method} ${url}`] ?? routes[`${asked.method} ${path}`] ?? { status: 404, body: outcome('not-found', `Nothing at ${path}.`) };
    const answer = typeof route === 'function' ? route(asked) : route;
    return Promise.resolve(new Response(answer.body === undefined ? null : JSON.stringify(answer.body), { status: answer.status ?? (answer.body === undefined ? 204 : 200), headers: answer.headers }));
  });
  return all;
}

export const outcome = (code: string, diagnostics: string, expression?: string) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics, ...(expression && { expression: [expression] }) }] });

export const session = (account: unknown, more: object = {}) => ({ signIn: true, firstRun: false, antiforgery: 'token-1', providers: [], account, ...more });

export const account = (role: string, permissions: string[] = [], more: object = {}) => ({
  id: `id-of-${role}`,
  userName: role,
  name: `The ${role}`,
  roles: [role],
  tenant: { number: 1, name: 'Demo hospital' },
  permissions,
  home: '/patients',
  secondFactor: { totp: false, passkeys: 0, required: false },
  session: 's1',
  ...more,
});
