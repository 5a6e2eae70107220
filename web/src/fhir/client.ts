// The FHIR REST API of the same origin. https://hl7.org/fhir/R4/http.html
import { getJson, getText } from '../lib/http';
import type { Bundle, OperationOutcomeIssue, Resource, ResourceMap, ResourceType } from './types.gen';

export const fhirJson = 'application/fhir+json';
export type SearchParams = Record<string, string | number | undefined>;

/** One page of a search: the matches, the total if the server counted, and the path of the next page. */
export interface SearchPage<T> {
  resources: T[];
  total?: number;
  next?: string;
  warnings: OperationOutcomeIssue[];
}

export function searchPath(type: ResourceType, params: SearchParams): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') query.append(name, String(value));
  const text = query.toString();
  return `/fhir/${type}${text ? `?${text}` : ''}`;
}

/** A next link may name another host than the one the browser reached (proxies); only its path and query are used. */
export function pathOfLink(url: string): string {
  const parsed = new URL(url, window.location.origin);
  return parsed.pathname + parsed.search;
}

export function pageOf<T extends ResourceType>(bundle: Bundle, type: T): SearchPage<ResourceMap[T]> {
  const resources: ResourceMap[T][] = [];
  const warnings: OperationOutcomeIssue[] = [];
  for (const entry of bundle.entry ?? []) {
    if (entry.resource?.resourceType === 'OperationOutcome') warnings.push(...entry.resource.issue);
    else if (entry.resource?.resourceType === type) resources.push(entry.resource as ResourceMap[T]);
  }
  const next = bundle.link?.find((link) => link.relation === 'next')?.url;
  return { resources, total: bundle.total, next: next ? pathOfLink(next) : undefined, warnings };
}

export async function fhirPage<T extends ResourceType>(type: T, path: string, signal?: AbortSignal): Promise<SearchPage<ResourceMap[T]>> {
  return pageOf(await getJson<Bundle>(path, signal, fhirJson), type);
}

export const fhirSearch = <T extends ResourceType>(type: T, params: SearchParams, signal?: AbortSignal) =>
  fhirPage(type, searchPath(type, params), signal);

export const fhirRead = <T extends ResourceType>(type: T, id: string, signal?: AbortSignal): Promise<ResourceMap[T]> =>
  getJson<ResourceMap[T]>(`/fhir/${type}/${encodeURIComponent(id)}`, signal, fhirJson);

/** A resource or page as the JSON text that the server sends. */
export const fhirText = (path: string, signal?: AbortSignal): Promise<string> => getText(path, signal, fhirJson);

/** The versions of one resource, newest first; a deletion is an entry without a resource. */
export interface Version {
  resource?: Resource;
  method?: string;
  at?: string;
}

export async function fhirHistory(type: string, id: string, signal?: AbortSignal): Promise<Version[]> {
  const bundle = await getJson<Bundle>(`/fhir/${type}/${encodeURIComponent(id)}/_history`, signal, fhirJson);
  return (bundle.entry ?? []).map((entry) => ({
    resource: entry.resource,
    method: entry.request?.method,
    at: entry.resource?.meta?.lastUpdated ?? entry.response?.lastModified,
  }));
}
