// Server-sent events for tests: the page opens a source, the test says what comes. Only tests import it.
import { act } from '@testing-library/react';
import { vi } from 'vitest';

export class FakeEvents {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeEvents[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  private readonly listeners = new Map<string, ((event: { data: string }) => void)[]>();

  constructor(readonly url: string) {
    FakeEvents.all.push(this);
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  close(): void {
    this.readyState = 2;
  }

  open = () => act(() => ((this.readyState = 1), this.onopen?.()));
  /** The connection is lost; `closed` when the browser gives it up. */
  fail = (closed = false) => act(() => ((this.readyState = closed ? 2 : 0), this.onerror?.()));
  send = (name: string, data: unknown) => act(() => this.listeners.get(name)?.forEach((listener) => listener({ data: JSON.stringify(data) })));
}

/** Every source that a page opens from now on. */
export function fakeEvents(): FakeEvents[] {
  FakeEvents.all = [];
  vi.stubGlobal('EventSource', FakeEvents);
  return FakeEvents.all;
}
