import { useEffect, useMemo, useRef } from 'react';
import { NavLink, useLocation, useNavigate } from 'react-router';
import type { ResourceType } from '../../fhir/types.gen';
import { mayRead, useSession, type Account } from '../../session/session.api';
import classes from './Chart.module.css';

interface Tab {
  path: string;
  label: string;
  /** What it shows; nobody is offered a tab that would be refused. */
  type: ResourceType;
}

const tabs: Tab[] = [
  { path: 'live', label: 'Live', type: 'Observation' },
  { path: 'vitals', label: 'Vitals', type: 'Observation' },
  { path: 'labs', label: 'Labs', type: 'Observation' },
  { path: 'encounters', label: 'Encounters', type: 'Encounter' },
  { path: 'problems', label: 'Problems', type: 'Condition' },
  { path: 'medications', label: 'Medications', type: 'MedicationRequest' },
  { path: 'allergies', label: 'Allergies', type: 'AllergyIntolerance' },
  { path: 'documents', label: 'Documents', type: 'DocumentReference' },
  { path: 'immunizations', label: 'Immunizations', type: 'Immunization' },
  { path: 'procedures', label: 'Procedures', type: 'Procedure' },
  { path: 'plans', label: 'Care plans', type: 'CarePlan' },
];

/** The tabs of a chart that somebody may see anything of; none for who may see no more than who the patient is. */
export const tabsFor = (account: Account | null): Tab[] => tabs.filter((tab) => mayRead(account, tab.type));

export function ChartTabs({ patientId }: { patientId: string }) {
  const { data: session } = useSession();
  const account = session?.account ?? null;
  const shown = useMemo(() => [{ path: '', label: 'Overview' }, ...tabsFor(account)], [account]);
  const { pathname } = useLocation();
  const strip = useRef<HTMLElement>(null);
  const base = `/patients/${patientId}`;
  useTabKeys(shown, base, pathname);
  useEffect(() => {
    strip.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <nav className={classes.tabs} aria-label="Chart" ref={strip}>
      {shown.map((tab) => (
        <NavLink key={tab.path} to={tab.path ? `${base}/${tab.path}` : base} end className={classes.tab}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}

/** `[` and `]` walk through the tabs. */
function useTabKeys(tabs: { path: string }[], base: string, pathname: string): void {
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
  }, [tabs, base, pathname, navigate]);
}
