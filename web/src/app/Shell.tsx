import { useCallback, useEffect, useRef, useState } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { ActiveBreakGlass } from '../features/break-glass/ActiveBreakGlass';
import { BreakGlassHost } from '../features/break-glass/BreakGlassHost';
import { KeyboardHelp } from './KeyboardHelp';
import { Rail } from './Rail';
import classes from './Shell.module.css';
import { TopBar } from './TopBar';
import { useShortcuts } from './useShortcuts';

export function Shell() {
  const [help, setHelp] = useState(false);
  const showHelp = useCallback(() => setHelp(true), []);
  const navigation = useNavigation();
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useShortcuts(showHelp);
  // A followed link may vanish with its page; the focus then goes to the new page instead of nowhere.
  useEffect(() => {
    if (document.activeElement === document.body) content.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <TopBar showHelp={showHelp} />
      <Rail />
      <main ref={content} id="content" className={classes.content} tabIndex={-1} aria-busy={navigation.state !== 'idle'}>
        <ActiveBreakGlass />
        <Outlet />
      </main>
      <BreakGlassHost />
      <KeyboardHelp opened={help} close={() => setHelp(false)} />
      <ScrollRestoration getKey={(location) => location.pathname} />
    </div>
  );
}
