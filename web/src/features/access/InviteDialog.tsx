import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProvedForm } from '../../session/ProvedForm';
import { fieldProblem } from '../../ui/Problem';
import { invite, type UserFields } from './access.api';
import { OneTimeLink } from './OneTimeLink';
import { trimmed, UserFieldset } from './UserFields';

const empty: UserFields = { name: '', roles: [], person: null, wards: [] };

export function InviteDialog({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Invite somebody" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {opened && <InviteForm close={close} />}
    </Modal>
  );
}

function InviteForm({ close }: { close: () => void }) {
  const client = useQueryClient();
  const [fields, setFields] = useState(empty);
  const [userName, setUserName] = useState('');
  const send = useMutation({
    mutationFn: () => invite({ ...trimmed(fields), ...(userName.trim() && { userName: userName.trim() }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['admin', 'users'] }),
    gcTime: 0,
  });
  if (send.data) return <OneTimeLink link={send.data.link} name={send.data.user.name} what="invitation" close={close} />;
  return (
    <ProvedForm
      act={send}
      why="Making an account needs your confirmation."
      label="Make the invitation"
      disabled={fields.name.trim() === '' || fields.roles.length === 0}
      but={['name', 'roles', 'person', 'wards', 'userName']}
      cancel={close}
    >
      <UserFieldset value={fields} change={setFields} error={send.error} />
      <TextInput label="User name (optional)" description="Without one, the person chooses" value={userName} onChange={(event) => setUserName(event.currentTarget.value)} error={fieldProblem(send.error, 'userName')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
    </ProvedForm>
  );
}
