import { NavLink } from 'react-router';
import { may, useAccount } from '../../session/session.api';
import classes from './Access.module.css';

/** The three pages about who may do what; each only for those who may open it. */
export function AccessTabs() {
  const account = useAccount();
  const tabs = [may(account, 'users.manage') && { to: '/users', label: 'Users' }, { to: '/permissions', label: 'Permissions' }, may(account, 'apps.manage') && { to: '/apps', label: 'Apps' }];
  return (
    <nav className={classes.tabs} aria-label="Access">
      {tabs.map((tab) => tab && (
        <NavLink key={tab.to} to={tab.to} className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
