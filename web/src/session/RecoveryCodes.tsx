import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { saveAs } from '../lib/csv';
import { CopyButton } from '../ui/CopyButton';
import form from '../ui/Form.module.css';
import classes from './session.module.css';

/** The codes for when the telephone is gone. They are shown once, so that one leaves only by saying that they are kept. */
export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const [kept, setKept] = useState(false);
  const text = codes.join('\n');
  return (
    <div className={form.form}>
      <p className={form.text}>
        Recovery codes. Each lets you in once when you have no second factor at hand. <strong>They are not shown again.</strong>
      </p>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={form.row}>
        <CopyButton text={text} label="Copy" />
        <Button variant="default" size="xs" onClick={() => saveAs('salus-recovery-codes.txt', new Blob([`${text}\n`], { type: 'text/plain' }))}>
          Save as a file
        </Button>
        <Button variant="default" size="xs" onClick={() => window.print()}>
          Print
        </Button>
      </div>
      <Checkbox label="I have kept these codes in a safe place." checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <div>
        <Button disabled={!kept} onClick={done}>
          Continue
        </Button>
      </div>
    </div>
  );
}
