import { HttpError } from '../lib/http';
import { formatLength } from '../lib/dates';
import classes from './Notice.module.css';

/** What a failed request says of one field of a form. */
export function fieldProblem(error: unknown, field: string): string | undefined {
  if (!(error instanceof HttpError)) return undefined;
  return error.problems.find((problem) => problem.where.some((where) => where === field || where.endsWith(`.${field}`)))?.text;
}

/** Why something was not done, in a person's words. */
export function problemText(error: unknown): string {
  if (!(error instanceof HttpError)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return 'The server did not answer. Nothing was changed as far as is known; try again.';
  const wait = error.status === 429 ? ` Try again ${error.wait ? `in ${formatLength(error.wait * 1000)}` : 'in a minute'}.` : '';
  const ask = error.status === 403 && error.problems.some((problem) => problem.text.includes('permission')) ? ' An administrator of Salus can give you a role that has it.' : '';
  return (error.problems.map((problem) => problem.text).join(' ') || error.message) + wait + ask;
}

/** Above the button of a form: what failed. `but` names fields that show their own problem. */
export function Problem({ error, but = [] }: { error: unknown; but?: string[] }) {
  if (!error) return null;
  const shown = error instanceof HttpError && error.problems.length > 0 && error.problems.every((problem) => problem.where.some((where) => but.some((field) => where === field || where.endsWith(`.${field}`))));
  return shown ? null : (
    <p className={classes.problem} role="alert">
      {problemText(error)}
    </p>
  );
}
