import classes from './Chart.module.css';

/** A word in a frame. `error` is for entered-in-error: dashed, and the row is struck out too. */
export function Tag({ children, tone }: { children: React.ReactNode; tone?: 'high' | 'error' }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}

/** A status code in words, with entered-in-error marked. */
export function Status({ code }: { code: string | undefined }) {
  if (code === 'entered-in-error') return <Tag tone="error">Entered in error</Tag>;
  return <>{code ? code.replace(/-/g, ' ') : '–'}</>;
}
