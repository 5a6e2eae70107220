// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useAllPages } from './useAllPages';

const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>{children}</QueryClientProvider>;

/** A server of three pages; the last resource of each page is also the first of the next, as when a write pushed it on. */
function serve(failing?: number) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 1);
    if (page === failing) return Promise.resolve(new Response(JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'timeout', diagnostics: 'too slow' }] }), { status: 503 }));
    const entry = [page, page + 1].map((n) => ({ resource: { resourceType: 'Condition', id: `c${n}`, subject: {} } }));
    const link = page < 3 ? [{ relation: 'next', url: `https://behind-a-proxy.example/fhir/Condition?page=${page + 1}` }] : [];
    return Promise.resolve(new Response(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: 4, link, entry })));
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe('reading every page', () => {
  it('follows_the_links_to_the_end_and_counts_nothing_twice', async () => {
    const asked = serve();
    const { result } = renderHook(() => useAllPages('Condition', { patient: 'p' }, 100), { wrapper });
    await waitFor(() => expect(result.current.loading).toBe(false));
    expect(result.current.resources.map((c) => c.id)).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(asked).toEqual(['/fhir/Condition?patient=p', '/fhir/Condition?page=2', '/fhir/Condition?page=3']);
    expect(result.current.capped).toBe(false);
  });

  it('stops_at_the_cap_and_says_so', async () => {
    const asked = serve();
    const { result } = renderHook(() => useAllPages('Condition', { patient: 'p' }, 2), { wrapper });
    await waitFor(() => expect(result.current.capped).toBe(true));
    expect(result.current.loading).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('keeps_what_it_has_and_reports_when_a_later_page_fails', async () => {
    serve(2);
    const { result } = renderHook(() => useAllPages('Condition', { patient: 'p' }, 100), { wrapper });
    await waitFor(() => expect(result.current.error).not.toBeNull());
    expect(result.current.error?.message).toBe('too slow');
    expect(result.current.resources.map((c) => c.id)).toEqual(['c1', 'c2']);
    expect(result.current.loading).toBe(false);
  });
});
