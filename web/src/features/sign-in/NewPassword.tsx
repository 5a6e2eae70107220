import { PasswordInput } from '@mantine/core';
import classes from './SignIn.module.css';

interface Props {
  value: string;
  change: (value: string) => void;
  error?: string;
}

export const shortestPassword = 12;

/** The rule stands before the first try; whether a password is known from a breach, only the server can say. */
export function NewPassword({ value, change, error }: Props) {
  return (
    <>
      <PasswordInput label="New password" name="new-password" value={value} onChange={(event) => change(event.currentTarget.value)} autoComplete="new-password" required withAsterisk={false} error={error} aria-describedby="password-rules" />
      <p className={classes.rules} id="password-rules">
        At least {shortestPassword} characters; a few words in a row are good. Passwords known from breaches are refused.
      </p>
    </>
  );
}
