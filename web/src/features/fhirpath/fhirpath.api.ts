import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { fhirText } from '../../fhir/client';
import { postJson } from '../../lib/http';

/** POST /admin/fhirpath */
export interface PathAnswer {
  resourceType?: string | null;
  /** How many items there are; `items` has the first 200. */
  total: number;
  items: PathItem[];
  error?: PathError | null;
}

export interface PathItem {
  type: string;
  path?: string | null;
  text: string;
  shortened: boolean;
}

export interface PathError {
  stage: 'resource' | 'syntax' | 'semantic' | 'execution' | 'too-costly' | 'not-supplied';
  message: string;
  position?: number | null;
}

// Nothing is kept once it is off the screen: the resource may be a patient's.
export const evaluationQuery = (expression: string, resource: string) =>
  queryOptions({
    queryKey: ['admin', 'fhirpath', expression, resource],
    queryFn: ({ signal }) => postJson<PathAnswer>('/admin/fhirpath', { expression, resource }, signal),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });

/** A stored resource as text: numbers keep their digits, which they would lose as JavaScript values. */
export const storedTextQuery = (reference: string | undefined) =>
  queryOptions({
    queryKey: ['fhir', 'text', reference],
    queryFn: ({ signal }) => fhirText(`/fhir/${reference}?_pretty=true`, signal),
    enabled: reference !== undefined,
    gcTime: 0,
    retry: false,
  });
