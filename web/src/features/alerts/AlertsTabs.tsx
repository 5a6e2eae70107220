import { NavLink } from 'react-router';
import { may, useAccount } from '../../session/session.api';
import classes from './Alerts.module.css';

/** The inbox, and for whom they are open: how much the alarms ask of people, and the rules that raise them. */
export function AlertsTabs() {
  const view = may(useAccount(), 'monitoring.view');
  const tabs = [{ to: '/alerts', label: 'Inbox' }, ...(view ? [{ to: '/alerts/burden', label: 'Alarm burden' }, { to: '/alerts/rules', label: 'Rules' }] : [])];
  return (
    <nav className={classes.tabs} aria-label="Alerts">
      {tabs.map((tab) => (
        <NavLink key={tab.to} to={tab.to} end className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
