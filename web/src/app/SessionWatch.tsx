import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { onUnauthorized } from '../lib/http';
import { forgetRecord, onSessionAnnounced, readyAccount, sessionKey, useSession } from '../session/session.api';

/** Asks anew who is signed in whenever that may have changed, and forgets what was read for somebody else. */
export function SessionWatch() {
  const client = useQueryClient();
  const { data } = useSession();
  const who = data && (readyAccount(data)?.id ?? '');
  const before = useRef<string>(undefined);
  useEffect(() => {
    const ask = () => void client.invalidateQueries({ queryKey: sessionKey });
    // A page that comes back out of the browser's cache would show what its account saw.
    const onShow = (event: PageTransitionEvent) => event.persisted && window.location.reload();
    window.addEventListener('pageshow', onShow);
    const ends = [onUnauthorized(ask), onSessionAnnounced(ask), () => window.removeEventListener('pageshow', onShow)];
    return () => ends.forEach((end) => end());
  }, [client]);
  useEffect(() => {
    if (before.current !== undefined && who !== undefined && who !== before.current) void forgetRecord(client);
    if (who !== undefined) before.current = who;
  }, [who, client]);
  return null;
}
