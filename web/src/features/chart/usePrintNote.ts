import { useEffect } from 'react';
import { send } from '../../lib/http';
import { useSession } from '../../session/session.api';

/** What is printed leaves the system: that it was is written into the audit trail. The browser prints in any case, so a failure stops nothing. */
export function usePrintNote(patientId: string): void {
  const signIn = useSession().data?.signIn === true;
  useEffect(() => {
    if (!signIn) return;
    const note = () => void send('POST', '/access/print', { type: 'Patient', id: patientId, what: window.location.pathname }).catch(() => undefined);
    window.addEventListener('beforeprint', note);
    return () => window.removeEventListener('beforeprint', note);
  }, [patientId, signIn]);
}
