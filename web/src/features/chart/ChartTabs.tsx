import { useEffect, useRef } from 'react';
import { NavLink, useLocation, useNavigate } from 'react-router';
import classes from './Chart.module.css';

const tabs = [
  { path: '', label: 'Overview' },
  { path: 'live', label: 'Live' },
  { path: 'vitals', label: 'Vitals' },
  { path: 'labs', label: 'Labs' },
  { path: 'encounters', label: 'Encounters' },
  { path: 'problems', label: 'Problems' },
  { path: 'medications', label: 'Medications' },
  { path: 'allergies', label: 'Allergies' },
  { path: 'documents', label: 'Documents' },
  { path: 'immunizations', label: 'Immunizations' },
  { path: 'procedures', label: 'Procedures' },
  { path: 'plans', label: 'Care plans' },
];

export function ChartTabs({ patientId }: { patientId: string }) {
  const { pathname } = useLocation();
  const strip = useRef<HTMLElement>(null);
  const base = `/patients/${patientId}`;
  useTabKeys(base, pathname);
  useEffect(() => {
    strip.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <nav className={classes.tabs} aria-label="Chart" ref={strip}>
      {tabs.map((tab) => (
        <NavLink key={tab.path} to={tab.path ? `${base}/${tab.path}` : base} end className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}

/** `[` and `]` walk through the tabs. */
function useTabKeys(base: string, pathname: string): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === ']' ? 1 : event.key === '[' ? -1 : 0;
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (step === 0 || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      const at = tabs.findIndex((tab) => pathname === (tab.path ? `${base}/${tab.path}` : base));
      const next = tabs[at + step];
      if (next) void navigate(next.path ? `${base}/${next.path}` : base);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [base, pathname, navigate]);
}
