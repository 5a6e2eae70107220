import { Button, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { signOut, useSession } from '../session/session.api';
import { PersonIcon } from '../ui/icons';
import classes from './Shell.module.css';

/** Who is signed in, and the way out. Without sign-in there is neither. */
export function AccountMenu() {
  const { data } = useSession();
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  const account = data?.account;
  if (!data?.signIn || !account) return null;
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <Button variant="default" size="xs" className={classes.account} leftSection={<PersonIcon size={16} />} aria-label={`Account of ${account.name}`}>
          <span className={classes.accountName}>{account.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{account.name}</strong>
          <span className="meta">
            {account.roles.join(', ')} · {account.tenant.name}
          </span>
        </div>
        <Menu.Item component={Link} to="/account">
          My account
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => void signOut(client).catch(() => setFailed(true))}>
          {failed ? 'The server did not answer: still signed in' : 'Sign out'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
