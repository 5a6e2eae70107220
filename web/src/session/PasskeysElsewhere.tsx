import { passkeysElsewhere } from '../lib/passkey';
import form from '../ui/Form.module.css';

/** Says where passkeys work, on a page that was opened by an address of numbers; other words, or nothing, elsewhere. */
export function PasskeysElsewhere({ otherwise }: { otherwise?: string }) {
  const elsewhere = passkeysElsewhere();
  if (!elsewhere) return otherwise ? <p className={form.text}>{otherwise}</p> : null;
  return (
    <p className={form.text}>
      Passkeys belong to a name, not to an address of numbers:{' '}
      {elsewhere.link ? (
        <>
          to use them, open Salus as <a href={elsewhere.link}>localhost</a>.
        </>
      ) : (
        'to use them, open Salus by the name of its server.'
      )}
    </p>
  );
}
