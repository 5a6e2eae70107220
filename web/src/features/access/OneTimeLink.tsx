import { Button } from '@mantine/core';
import { CopyButton } from '../../ui/CopyButton';
import form from '../../ui/Form.module.css';

/** A link that works once. It is a key to the account, so it is shown here and nowhere else. */
export function OneTimeLink({ link, name, what, close }: { link: string; name: string; what: 'invitation' | 'reset'; close: () => void }) {
  const address = new URL(link, window.location.origin).toString();
  return (
    <div className={form.form}>
      <p className={form.text}>
        {what === 'invitation' ? 'The invitation' : 'The link to a new password'} for <strong>{name}</strong>. It works once, within {what === 'invitation' ? '72 hours' : 'an hour'}, and is not shown again. Hand it over yourself: who has it, has the account.
      </p>
      <p className={form.secret} data-one-time-link>
        {address}
      </p>
      <div className={form.row}>
        <CopyButton text={address} label="Copy the link" />
        <Button size="xs" onClick={close}>
          Done
        </Button>
      </div>
    </div>
  );
}
