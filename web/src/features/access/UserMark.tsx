import form from '../../ui/Form.module.css';
import type { UserState } from './access.api';

const states: Record<UserState, { words: string; tone?: 'ok' | 'high' | 'medium' }> = {
  active: { words: 'Active', tone: 'ok' },
  locked: { words: 'Locked', tone: 'high' },
  invited: { words: 'Invited', tone: 'medium' },
  disabled: { words: 'Disabled' },
};

export const UserMark = ({ state }: { state: UserState }) => (
  <span className={form.mark} data-tone={states[state]?.tone}>
    {states[state]?.words ?? state}
  </span>
);

/** Servers say it as a word, a truth value or the list of factors. */
export function factorText(factor: unknown): string {
  if (factor === true) return 'on';
  if (!factor || typeof factor === 'boolean') return 'off';
  if (typeof factor === 'string') return factor;
  const { totp, passkeys } = factor as { totp?: boolean; passkeys?: number };
  return [totp && 'app', passkeys ? `${passkeys} ${passkeys === 1 ? 'passkey' : 'passkeys'}` : ''].filter(Boolean).join(', ') || 'off';
}
