import { queryOptions } from '@tanstack/react-query';
import { getJson, send } from '../../lib/http';

/** GET /access/consent/{id}: what an app asks for. */
export interface ConsentRequest {
  client: { id: string; name: string; url?: string | null };
  scopes: { scope: string; words: string; sensitive: boolean }[];
  needsPatient: boolean;
  patient?: string | null;
  redirectHost: string;
}

export const consentQuery = (id: string) =>
  queryOptions({
    queryKey: ['access', 'consent', id],
    queryFn: ({ signal }) => getJson<ConsentRequest>(`/access/consent/${encodeURIComponent(id)}`, signal),
    enabled: id !== '',
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });

export const answerConsent = (id: string, body: { allow: boolean; scopes: string[]; patient?: string }) => send<{ redirect: string }>('POST', `/access/consent/${encodeURIComponent(id)}`, body);
