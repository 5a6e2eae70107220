import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useAccount } from '../session/session.api';
import { looksForPatients, pagesFor } from './pages';
import classes from './Shell.module.css';

type Key = [combination: string[], meaning: string];

const keys: Key[] = [
  [['j'], 'Next row (or ↓ on a row)'],
  [['k'], 'Previous row (or ↑ on a row)'],
  [['Enter'], 'Open'],
  [['['], 'Previous tab of the chart'],
  [[']'], 'Next tab of the chart'],
  [['Esc'], 'Close the drawer, or leave the field'],
  [['?'], 'This help'],
];

export function KeyboardHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const account = useAccount();
  const search: Key[] = account && looksForPatients(account) ? [[['/'], 'Search patients']] : [];
  const pages = pagesFor(account).map((page): Key => [['g', page.key], page.label]);
  return (
    <Modal opened={opened} onClose={close} title="Keyboard" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={classes.keys}>
        {[...search, ...pages, ...keys].map(([combination, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {combination.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
