import { useCallback, useEffect, useMemo, useState } from 'react';
import { NavigationType, useNavigationType, useSearchParams } from 'react-router';

export const fieldNames = ['q', 'name', 'birthdate', 'identifier'] as const;
export type FieldName = (typeof fieldNames)[number];
export type Fields = Record<FieldName, string>;

const fieldsOf = (params: URLSearchParams): Fields => ({
  q: params.get('q') ?? '',
  name: params.get('name') ?? '',
  birthdate: params.get('birthdate') ?? '',
  identifier: params.get('identifier') ?? '',
});

/**
 * What is typed, and its mirror in the address. The fields lead: the router applies addresses as transitions, and an input that waited for
 * them would drop letters of a fast typist. The address leads only when a person goes back, forward or through a link.
 */
export function useSearchFields(): { fields: Fields; change: (name: FieldName, value: string) => void } {
  const [params, setParams] = useSearchParams();
  const [fields, setFields] = useState(() => fieldsOf(params));
  const arrived = useNavigationType() !== NavigationType.Replace;
  const [address, setAddress] = useState(params);
  if (params !== address) {
    setAddress(params);
    if (arrived) setFields(fieldsOf(params));
  }
  const text = useMemo(() => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== '')).toString(), [fields]);
  useEffect(() => {
    if (text !== new URLSearchParams(window.location.search).toString()) setParams(text, { replace: true, preventScrollReset: true });
  }, [text, setParams]);
  const change = useCallback((name: FieldName, value: string) => setFields((before) => ({ ...before, [name]: value })), []);
  return { fields, change };
}
