// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renderAt } from '../../testing/page';
import { account, outcome, serve, session } from '../../testing/server';
import { BreakGlassDialog } from './BreakGlassDialog';

afterEach(cleanup);

const patient = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Osei', given: ['Ama'] }], birthDate: '1976-11-15', identifier: [{ value: '12345678' }] };

describe('emergency access', () => {
  it('shows_whom_asks_why_proves_again_and_sends_the_same_reason_after_that', async () => {
    let proved = false;
    const close = vi.fn();
    const asked = serve({
      'GET /access/session': { body: session(account('physician', ['breakglass.use'])) },
      'GET /fhir/Patient/p1': { body: patient },
      'POST /access/break-glass': () => (proved ? { status: 201, body: { id: 'b1', patient: 'p1', until: '2026-11-21T09:00:00Z' } } : { status: 428, body: outcome('login', 'Say once more who you are.') }),
      'POST /access/reauthenticate': () => {
        proved = true;
        return {};
      },
    });
    renderAt('/', [{ path: '/', element: <BreakGlassDialog patient="p1" close={close} /> }]);
    expect(await screen.findByText('OSEI, Ama')).toBeTruthy();
    expect(screen.getByText(/born 15-Nov-1976/)).toBeTruthy();
    expect(screen.getByText(/privacy officer is told at once/)).toBeTruthy();
    const open = screen.getByRole<HTMLButtonElement>('button', { name: 'Open this record' });
    expect(open.disabled).toBe(true);
    fireEvent.click(screen.getByLabelText('Another reason'));
    fireEvent.change(screen.getByLabelText('Which reason'), { target: { value: 'too short' } });
    expect(open.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Which reason'), { target: { value: 'Found without papers' } });
    fireEvent.click(open);
    fireEvent.change(await screen.findByLabelText('Your password'), { target: { value: 'secret words' } });
    fireEvent.click(screen.getByRole('button', { name: 'Confirm' }));
    await waitFor(() => expect(close).toHaveBeenCalled());
    const sent = asked.filter((a) => a.path === '/access/break-glass' && a.method === 'POST').map((a) => a.body);
    expect(sent).toEqual([{ patient: 'p1', reason: 'Found without papers', minutes: 30 }, { patient: 'p1', reason: 'Found without papers', minutes: 30 }]);
  });
});
