import type { Flag } from '../../fhir/observations';
import classes from './Labs.module.css';

const words: Record<Flag, string> = {
  'critical-high': '▲▲ critical high', high: '▲ high', low: '▼ low', 'critical-low': '▼▼ critical low', abnormal: '◆ abnormal', normal: 'normal',
};

/** A shape and a word; colour only adds to them. */
export function FlagMark({ flag }: { flag: Flag | undefined }) {
  if (!flag) return <span className="meta">no range</span>;
  return (
    <span className={classes.flag} data-flag={flag}>
      {words[flag]}
    </span>
  );
}
