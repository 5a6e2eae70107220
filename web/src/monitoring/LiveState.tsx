import { formatExact, formatLength } from '../lib/dates';
import { useNow } from '../ui/useNow';
import classes from './Monitoring.module.css';
import type { Connection } from './liveStream';

/** Whether what is on the screen is of now; when it is not, since when, in words. */
export function LiveState({ connection }: { connection: Connection | undefined }) {
  const now = useNow();
  if (!connection) return null;
  const { state, since } = connection;
  if (state === 'live') return <span className={classes.live} role="status">● Live</span>;
  if (state === 'connecting') return <span className={classes.live} role="status">◌ Connecting</span>;
  return (
    <p className={classes.down} role="alert">
      <strong>✕ Live data stopped at {formatExact(new Date(since).toISOString()).slice(12)}</strong>
      {now - since >= 60_000 && ` (${formatLength(now - since)} ago)`}. What you see is of then. Salus tries again by itself; look at the bedside meanwhile.
    </p>
  );
}
