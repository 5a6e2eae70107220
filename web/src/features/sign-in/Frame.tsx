import type { ReactNode } from 'react';
import classes from './SignIn.module.css';

/** The pages before one is signed in: no rail, no search, nothing of the record. */
export function Frame({ title, children, below, wide }: { title: string; children: ReactNode; below?: ReactNode; wide?: boolean }) {
  return (
    <main className={classes.ground}>
      <div className={`${classes.card} ${wide ? classes.wide : ''}`}>
        <div className={classes.brand}>
          <img src="/favicon.svg" width="24" height="24" alt="" />
          <span>Salus</span>
        </div>
        <h1>{title}</h1>
        {children}
      </div>
      {below}
    </main>
  );
}
