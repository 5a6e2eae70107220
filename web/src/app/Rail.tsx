import { NavLink } from 'react-router';
import { PathIcon, PatientsIcon, SystemIcon } from '../ui/icons';
import classes from './Shell.module.css';

// Groups: care first, operation last. Only pages that exist are here.
const groups = [
  { name: 'Care', pages: [{ to: '/patients', label: 'Patients', keys: 'g p', Icon: PatientsIcon }] },
  {
    name: 'Operation',
    pages: [
      { to: '/fhirpath', label: 'FHIRPath', keys: 'g f', Icon: PathIcon },
      { to: '/system', label: 'System', keys: 'g s', Icon: SystemIcon },
    ],
  },
];

export function Rail() {
  return (
    <nav className={classes.rail} aria-label="Main">
      {groups.map((group) => (
        <ul key={group.name} className={classes.group} aria-label={group.name}>
          {group.pages.map(({ to, label, keys, Icon }) => (
            <li key={to}>
              <NavLink to={to} className={classes.page} title={`${label} (${keys})`}>
                <Icon />
                <span>{label}</span>
              </NavLink>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
