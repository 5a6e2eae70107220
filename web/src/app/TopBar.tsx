import { ActionIcon, TextInput, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { HelpIcon, MoonIcon, SearchIcon, SunIcon } from '../ui/icons';
import { useAccount } from '../session/session.api';
import { AccountMenu } from './AccountMenu';
import { looksForPatients } from './pages';
import { useHealth } from './health.api';
import classes from './Shell.module.css';

export function TopBar({ showHelp }: { showHelp: () => void }) {
  const { pathname } = useLocation();
  const account = useAccount();
  const searches = account !== null && looksForPatients(account);
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.brand} aria-label="Salus, to the first page">
        <img src="/favicon.svg" width="24" height="24" alt="" />
        <span className={classes.brandName}>Salus</span>
      </Link>
      {/* The patients page has the same field, larger, with its results: one search at a time. */}
      <div className={classes.search}>{searches && pathname !== '/patients' && <PatientSearch key={pathname} />}</div>
      <HealthState />
      <SchemeSwitch />
      <ActionIcon variant="subtle" color="gray" size="lg" className={classes.helpButton} onClick={showHelp} aria-label="Keyboard help" title="Keyboard help (?)">
        <HelpIcon />
      </ActionIcon>
      <AccountMenu />
    </header>
  );
}

function PatientSearch() {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void navigate(`/patients?${new URLSearchParams(text.trim() ? { q: text.trim() } : {}).toString()}`);
      }}
    >
      <TextInput
        data-search
        size="sm"
        type="search"
        aria-label="Search patients"
        placeholder="Find a patient: name, birth date, number  ( / )"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        leftSection={<SearchIcon size={16} />}
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}

const shapes = { checking: '◌', live: '●', degraded: '▲', offline: '✕' };

function HealthState() {
  const { state, text } = useHealth();
  return (
    <div className={classes.health} data-state={state} role="status" title="State of the server, asked every 15 s">
      <span aria-hidden="true">{shapes[state]}</span>
      <span>{text}</span>
    </div>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => setColorScheme(other)} aria-label={`Switch to ${other} mode`} title={`Switch to ${other} mode`}>
      {scheme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
