import { useCallback, useState } from 'react';
import { Outlet, ScrollRestoration, useNavigation } from 'react-router';
import { KeyboardHelp } from './KeyboardHelp';
import { Rail } from './Rail';
import classes from './Shell.module.css';
import { TopBar } from './TopBar';
import { useShortcuts } from './useShortcuts';

export function Shell() {
  const [help, setHelp] = useState(false);
  const showHelp = useCallback(() => setHelp(true), []);
  const navigation = useNavigation();
  useShortcuts(showHelp);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <TopBar showHelp={showHelp} />
      <Rail />
      <main id="content" className={classes.content} tabIndex={-1} aria-busy={navigation.state !== 'idle'}>
        <Outlet />
      </main>
      <KeyboardHelp opened={help} close={() => setHelp(false)} />
      <ScrollRestoration getKey={(location) => location.pathname} />
    </div>
  );
}
