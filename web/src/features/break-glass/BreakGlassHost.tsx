import { Modal } from '@mantine/core';
import { Suspense, lazy } from 'react';
import { useSearchParams } from 'react-router';
import { may, useAccount } from '../../session/session.api';

const BreakGlassDialog = lazy(async () => ({ default: (await import('./BreakGlassDialog')).BreakGlassDialog }));

/** The dialog for the patient whom the address names: `?emergency=ID` on any page. */
export function BreakGlassHost() {
  const [params, setParams] = useSearchParams();
  const patient = params.get('emergency');
  const allowed = may(useAccount(), 'breakglass.use');
  const close = () =>
    setParams(
      (before) => {
        before.delete('emergency');
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <Modal opened={patient !== null && allowed} onClose={close} title="Emergency access" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Suspense>{patient !== null && <BreakGlassDialog patient={patient} close={close} />}</Suspense>
    </Modal>
  );
}
