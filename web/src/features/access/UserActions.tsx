import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProvedForm } from '../../session/ProvedForm';
import form from '../../ui/Form.module.css';
import { actOnUser, type User, type UserAction, type UserState } from './access.api';
import { OneTimeLink } from './OneTimeLink';

interface Offer {
  action: UserAction;
  label: string;
  effect: string;
  when: UserState[];
}

const offers: Offer[] = [
  { action: 'unlock', label: 'Unlock', effect: 'They can sign in again at once.', when: ['locked'] },
  { action: 'reset-link', label: 'Link to a new password', effect: 'Makes a link that works once, within an hour. An older link stops working.', when: ['active', 'invited'] },
  { action: 'sign-out', label: 'Sign out everywhere', effect: 'All their sessions and the tokens of their apps end now.', when: ['active', 'locked'] },
  { action: 'remove-second-factor', label: 'Remove the second factor', effect: 'They set up a new one at the next sign-in. Do it only after you have spoken to the person.', when: ['active', 'locked'] },
  { action: 'lock', label: 'Lock', effect: 'They are signed out and cannot sign in until somebody unlocks the account.', when: ['active'] },
  { action: 'disable', label: 'Disable', effect: 'For those who have left: signed out for good. What they did stays in the audit trail under their name.', when: ['active', 'locked', 'invited'] },
  { action: 'enable', label: 'Enable', effect: 'They can sign in again, with the roles they had.', when: ['disabled'] },
];

/** Each says what it does before it is done. */
export function UserActions({ user }: { user: User }) {
  const client = useQueryClient();
  const [offer, setOffer] = useState<Offer>();
  const act = useMutation({ mutationFn: (action: UserAction) => actOnUser(user.id, action), onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }), gcTime: 0 });
  const close = () => {
    setOffer(undefined);
    act.reset();
  };
  const link = act.data?.link;
  return (
    <div className={form.inset}>
      <div className={form.row}>
        {offers
          .filter((o) => o.when.includes(user.state))
          .map((o) => (
            <Button key={o.action} size="xs" variant="default" onClick={() => setOffer(o)}>
              {o.label}
            </Button>
          ))}
      </div>
      <Modal opened={offer !== undefined} onClose={close} title={offer?.label} closeButtonProps={{ 'aria-label': 'Close' }}>
        {link && <OneTimeLink link={link} name={user.name} what="reset" close={close} />}
        {offer && act.isSuccess && !link && <Done user={user} close={close} />}
        {offer && !act.isSuccess && (
          <ProvedForm act={{ ...act, mutate: () => act.mutate(offer.action) }} why={`${offer.label}: this needs your confirmation.`} label={offer.label} focus="send" cancel={close}>
            <Whom user={user} />
            <p className={form.text}>{offer.effect}</p>
          </ProvedForm>
        )}
      </Modal>
    </div>
  );
}

const Whom = ({ user }: { user: User }) => (
  <p className={form.text}>
    <strong>{user.name}</strong>, {user.userName ?? 'invited'}, {user.roles.join(', ') || 'no role'}.
  </p>
);

const Done = ({ user, close }: { user: User; close: () => void }) => (
  <div className={form.form}>
    <Whom user={user} />
    <p className={form.text}>Done.</p>
    <div className={form.row}>
      <Button variant="default" onClick={close} data-autofocus>
        Close
      </Button>
    </div>
  </div>
);
