import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { fhirPage, searchPath, type SearchParams } from './client';
import type { ResourceMap, ResourceType } from './types.gen';

export interface AllPages<T> {
  resources: T[];
  total?: number;
  /** Pages are still coming. */
  loading: boolean;
  /** What is shown is being asked for again. */
  refreshing: boolean;
  /** Stopped at the cap although the server has more. */
  capped: boolean;
  error: Error | null;
  retry: () => void;
  /** True only before the first page has arrived. */
  pending: boolean;
}

/** Follows next links until the end or until `cap` resources are here. Renders as pages arrive. */
export function useAllPages<T extends ResourceType>(type: T, params: SearchParams, cap: number): AllPages<ResourceMap[T]> {
  const query = useInfiniteQuery({
    queryKey: ['fhir', type, 'all', params],
    // A return to the window would fetch every page again; a short list is worth it, thousands of readings are not.
    refetchOnWindowFocus: cap <= 2_000,
    initialPageParam: searchPath(type, params),
    queryFn: ({ pageParam, signal }) => fhirPage(type, pageParam, signal),
    getNextPageParam: (last) => last.next,
  });
  const pages = query.data?.pages;
  const resources = useMemo(() => withoutRepeats((pages ?? []).flatMap((page) => page.resources)), [pages]);
  const underCap = resources.length < cap;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    if (underCap && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [underCap, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, resources.length]);
  return {
    resources,
    total: pages?.find((page) => page.total !== undefined)?.total,
    loading: query.isLoading || isFetchingNextPage || (underCap && hasNextPage && !isFetchNextPageError),
    refreshing: query.isRefetching,
    capped: !underCap && hasNextPage,
    error: query.error,
    retry: () => void (isFetchNextPageError ? fetchNextPage() : query.refetch()),
    pending: query.isPending,
  };
}

/** Writes that arrive between two pages may push a resource onto both. */
function withoutRepeats<R extends { id?: string }>(resources: R[]): R[] {
  const seen = new Map(resources.map((resource) => [resource.id, resource]));
  return seen.size === resources.length ? resources : [...seen.values()];
}
