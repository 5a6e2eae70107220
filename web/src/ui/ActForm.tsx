import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import form from './Form.module.css';
import { Problem } from './Problem';

/** What a form does when it is sent: a mutation, as much of one as a form needs. */
export interface Act {
  isPending: boolean;
  error: unknown;
}

interface Props {
  act: Act;
  send: () => void;
  /** On the button that sends. */
  label: string;
  color?: string;
  disabled?: boolean;
  size?: 'xs';
  /** Which button a person wants first; none where that is a field. */
  focus?: 'send' | 'cancel';
  /** Fields that show their own problem. */
  but?: string[];
  cancel: () => void;
  children: ReactNode;
}

/** A form for one act: its fields, why it was not done, a button that does it and one that does not. */
export function ActForm({ act, send, label, color, disabled, size, focus, but, cancel, children }: Props) {
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!disabled) send();
      }}
    >
      {children}
      <Problem error={act.error} but={but} />
      <div className={form.row}>
        <Button type="submit" size={size} color={color} loading={act.isPending} disabled={disabled} data-autofocus={focus === 'send' || undefined}>
          {label}
        </Button>
        <Button variant="default" size={size} onClick={cancel} data-autofocus={focus === 'cancel' || undefined}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
