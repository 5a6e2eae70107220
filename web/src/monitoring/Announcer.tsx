import { useEffect, useRef, useState } from 'react';
import { announcements } from './announce';
import type { Alert } from './monitoring.api';

/** Live regions for alerts that come while one looks: assertive for high priority alone. */
export function Announcer({ alerts, nameOf }: { alerts: Alert[]; nameOf: (patient: string) => string }) {
  const before = useRef<Set<string>>(undefined);
  const [said, setSaid] = useState({ high: '', other: '' });
  useEffect(() => {
    const next = announcements(before.current, alerts, nameOf);
    before.current = new Set([...(before.current ?? []), ...alerts.map((alert) => alert.id)]);
    if (next.high || next.other) setSaid(next);
  }, [alerts, nameOf]);
  return (
    <div className="visually-hidden">
      <div aria-live="assertive" data-announce="high">{said.high}</div>
      <div aria-live="polite" data-announce="other">{said.other}</div>
    </div>
  );
}
