import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen } from './liveStream';

class Source {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  readonly heard = new Map<string, (event: { data: string }) => void>();
  constructor(readonly url: string) {
    Source.all.push(this);
  }
  addEventListener = (name: string, listener: (event: { data: string }) => void) => this.heard.set(name, listener);
  close = () => (this.readyState = 2);
}

function stream() {
  const states: string[] = [];
  let stale = 0;
  const end = listen('/events', { event: () => undefined, connection: ({ state }) => states.push(state), stale: () => stale++ });
  return { states, end, stale: () => stale, source: () => Source.all.at(-1)! };
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  vi.stubGlobal('EventSource', Source);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live stream', () => {
  it('is_not_live_when_it_hears_nothing_though_the_connection_seems_to_stand', () => {
    const { states, source, stale, end } = stream();
    source().onopen!();
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(4_000);
      source().heard.get('beat')!({ data: '{}' });
    }
    expect(states).toEqual(['connecting', 'live']);
    vi.advanceTimersByTime(10_000);
    expect(states).toEqual(['connecting', 'live', 'down']);
    vi.advanceTimersByTime(1);
    expect(Source.all.map((s) => s.readyState)).toEqual([2, 0]);
    source().onopen!();
    expect([states.at(-1), stale()]).toEqual(['live', 2]);
    end();
    expect(source().readyState).toBe(2);
  });

  it('tries_again_ever_later_where_the_browser_has_given_up', () => {
    const { states, source, end } = stream();
    const refuse = () => {
      source().readyState = 2;
      source().onerror!();
    };
    refuse();
    vi.advanceTimersByTime(1_000);
    expect(Source.all).toHaveLength(2);
    refuse();
    vi.advanceTimersByTime(1_000);
    expect(Source.all).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(Source.all).toHaveLength(3);
    expect(states).toEqual(['connecting', 'down']);
    end();
    vi.advanceTimersByTime(60_000);
    expect(Source.all).toHaveLength(3);
  });
});
