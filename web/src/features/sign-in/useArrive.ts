import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { leavesPages, safeReturn } from '../../lib/returnUrl';
import { renewSession } from '../../session/session.api';

/** Where sign-in leads: to the address that was asked for, if it is one of this server, else to the home of the role. */
export function useArrive() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const back = useMemo(() => safeReturn(params.get('returnUrl')), [params]);
  const go = useCallback(() => {
    const to = back ?? '/';
    if (leavesPages(to)) window.location.assign(to);
    else void navigate(to, { replace: true });
  }, [back, navigate]);
  /** Asks who one is by now, after any step. What is still missing, the page reads from the session. */
  const arrive = useCallback(() => renewSession(client), [client]);
  return { back, go, arrive };
}
