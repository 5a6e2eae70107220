import { TextInput } from '@mantine/core';
import { useFocused } from '../ui/useFocused';

interface Props {
  label: string;
  value: string;
  change: (value: string) => void;
  /** Six digits, or the letters and digits of a recovery code. */
  kind?: 'totp' | 'recovery';
  focused?: boolean;
  error?: string;
}

/** A one-time code, as phones and password managers recognise it. */
export function CodeField({ label, value, change, kind = 'totp', focused = true, error }: Props) {
  const clean = (text: string) => (kind === 'totp' ? text.replace(/\D/g, '').slice(0, 6) : text);
  const field = useFocused<HTMLInputElement>(focused);
  return (
    <TextInput
      label={label}
      value={value}
      onChange={(event) => change(clean(event.currentTarget.value))}
      inputMode={kind === 'totp' ? 'numeric' : 'text'}
      autoComplete={kind === 'totp' ? 'one-time-code' : 'off'}
      ref={field}
      spellCheck={false}
      maw="16rem"
      error={error}
    />
  );
}
