import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { exampleExpressions, exampleResource } from './example';
import { evaluationQuery, storedTextQuery } from './fhirpath.api';
import { referenceIn } from './reference';

/**
 * What is typed, what it gives, and the address that holds both the expression and the stored resource. What is pasted is never in the address.
 */
export function usePlayground() {
  const [params, setParams] = useSearchParams();
  const [expression, setExpression] = useState(() => params.get('expression') ?? exampleExpressions[0]!);
  const [pasted, setPasted] = useState<string>();
  const on = referenceIn(params.get('on') ?? '');
  const stored = useQuery(storedTextQuery(on));
  const text = pasted ?? (on === undefined ? exampleResource : stored.data ?? '');
  const [settledExpression] = useDebouncedValue(expression, 200);
  const [settledText] = useDebouncedValue(text, 200);
  const missing = pasted === undefined && on !== undefined && stored.data === undefined;
  const evaluation = useQuery({ ...evaluationQuery(settledExpression, settledText), enabled: settledExpression.trim() !== '' && !missing });

  useEffect(() => {
    const current = new URLSearchParams(window.location.search);
    if (current.get('expression') === settledExpression) return;
    current.set('expression', settledExpression);
    setParams(current, { replace: true, preventScrollReset: true });
  }, [settledExpression, setParams]);

  const load = (reference: string) => {
    setPasted(undefined);
    const next = new URLSearchParams({ expression, on: reference });
    if (reference === on) void stored.refetch();
    else setParams(next, { preventScrollReset: true });
  };

  return {
    expression,
    setExpression,
    text,
    setText: setPasted,
    on,
    stored,
    load,
    evaluation,
    idle: expression.trim() === '' ? ('expression' as const) : missing && stored.isError ? ('resource' as const) : undefined,
    old: evaluation.isPlaceholderData || expression !== settledExpression || text !== settledText,
  };
}
