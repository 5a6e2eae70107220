import { Button, Loader } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { HttpError } from '../lib/http';
import classes from './Notice.module.css';

/** What would be here, and how to get it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
    </div>
  );
}

function statusText(error: HttpError): string {
  if (error.status === 0) return 'No answer from the server';
  if (error.status === 403) return 'You may not see this';
  if (error.status === 401) return 'You are not signed in';
  return `The server answered ${error.status}`;
}

/** What failed, in the server's words, and what to do. */
export function ErrorPanel({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const http = error instanceof HttpError ? error : undefined;
  const problems = http?.problems ?? [];
  return (
    <div className={classes.error} role="alert">
      <p className={classes.title}>{what} could not be loaded.</p>
      {http ? <p className={classes.text}>{statusText(http)}.</p> : <p className={classes.text}>{error instanceof Error ? error.message : String(error)}</p>}
      {problems.length > 0 && (
        <ul className={classes.problems}>
          {problems.map((problem, index) => (
            <li key={index}>
              <strong>{problem.severity}</strong> ({problem.code}): {problem.text}
              {problem.where.length > 0 && <span className="mono"> at {problem.where.join(', ')}</span>}
            </li>
          ))}
        </ul>
      )}
      {http?.status === 403 && <p className={classes.text}>If your work needs it, ask an administrator of Salus for a role that has it.</p>}
      {retry && http?.status !== 403 && (
        <Button size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Nothing for the first 200 ms, so that a fast answer never flickers; then a quiet line. */
export function Waiting({ what }: { what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.waiting} role="status">
      {shown && (
        <>
          <Loader size="xs" aria-hidden="true" />
          <span>Loading {what}…</span>
        </>
      )}
    </div>
  );
}
