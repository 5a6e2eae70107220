import { NavLink, useLocation } from 'react-router';
import { useNotices } from '../features/break-glass/break-glass.api';
import { may, useAccount } from '../session/session.api';
import { pagesFor } from './pages';
import classes from './Shell.module.css';

// Care first, then operation, protection last. Only pages that exist are here, and of them those that the account may open.
const groups = ['Care', 'Operation', 'Protection'] as const;

export function Rail() {
  const account = useAccount();
  const { pathname } = useLocation();
  const open = useNotices(may(account, 'breakglass.review')).data?.openReviews ?? 0;
  const pages = pagesFor(account);
  return (
    <nav className={classes.rail} aria-label="Main">
      {groups.map((group) => {
        const shown = pages.filter((page) => page.group === group);
        if (shown.length === 0) return null;
        return (
          <ul key={group} className={classes.group} aria-label={group}>
            {shown.map(({ to, also, label, key, Icon }) => (
              <li key={to}>
                <NavLink to={to} className={also?.some((path) => pathname.startsWith(path)) ? `${classes.page} active` : classes.page} title={`${label} (g ${key})`}>
                  <Icon />
                  <span>{label}</span>
                  {to === '/emergency' && open > 0 && <Badge open={open} />}
                </NavLink>
              </li>
            ))}
          </ul>
        );
      })}
    </nav>
  );
}

const Badge = ({ open }: { open: number }) => (
  <span className={classes.badge} data-open-reviews={open}>
    {open}
    <span className="visually-hidden"> to review</span>
  </span>
);
