import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import classes from './Shell.module.css';

const keys: [string[], string][] = [
  [['/'], 'Search patients'],
  [['g', 'p'], 'Patients'],
  [['g', 'f'], 'FHIRPath'],
  [['g', 's'], 'System'],
  [['j'], 'Next row (or ↓ on a row)'],
  [['k'], 'Previous row (or ↑ on a row)'],
  [['Enter'], 'Open'],
  [['['], 'Previous tab of the chart'],
  [[']'], 'Next tab of the chart'],
  [['Esc'], 'Close the drawer, or leave the field'],
  [['?'], 'This help'],
];

export function KeyboardHelp({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Keyboard" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={classes.keys}>
        {keys.map(([combination, meaning]) => (
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
