import type { ReactNode } from 'react';
import classes from './Section.module.css';

/** A titled surface of a page. Never nested. */
export function Section({ title, aside, children, id }: { title: string; aside?: ReactNode; children: ReactNode; id?: string }) {
  const heading = id ?? `section-${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  return (
    <section className={classes.section} aria-labelledby={heading}>
      <header className={classes.head}>
        <h2 id={heading}>{title}</h2>
        {aside && <div className={classes.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}
