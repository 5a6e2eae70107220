// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { Facts } from './Facts';
import type { SystemState } from './system.api';

afterEach(cleanup);

const system = (lossySettings: string[]): SystemState => ({
  version: '1.0.0',
  startedAt: '2026-11-21T08:00:00Z',
  uptimeSeconds: 60,
  fhirVersion: '4.0.1',
  database: { version: '18.4', embedded: false, sizeBytes: 1024, lossySettings },
  counts: [],
  total: 0,
  feed: { head: 0, consumers: [] },
  memoryBytes: 1024,
  demo: null,
});

describe('what the system page says of the server', () => {
  it('warns_of_each_setting_of_the_database_that_can_lose_data', () => {
    render(<Facts system={system(['fsync=off', 'synchronous_commit=off'])} />);
    const value = screen.getByText('Settings that lose data').parentElement?.textContent ?? '';
    expect(value).toContain('fsync=off, synchronous_commit=off');
    expect(value).toContain('may lose what Salus has acknowledged');
  });

  it('says_nothing_of_it_where_there_is_none', () => {
    render(<Facts system={system([])} />);
    expect(screen.queryByText('Settings that lose data')).toBeNull();
    expect(screen.getByText('PostgreSQL 18.4, external')).toBeTruthy();
  });
});
