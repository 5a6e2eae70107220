import { Fragment } from 'react';
import { DataTable, type Column } from '../../ui/DataTable';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import classes from './FhirPathPage.module.css';
import type { PathAnswer, PathItem } from './fhirpath.api';

type Row = PathItem & { number: number };

const columns: Column<Row>[] = [
  { name: '#', numeric: true, width: '3rem', cell: (row) => row.number },
  { name: 'Type', width: '9rem', cell: (row) => <span className={classes.value}>{row.type}</span> },
  {
    name: 'Value',
    cell: (row) => (
      <pre className={classes.value}>
        {row.text === '' ? '– (no value, extensions only)' : row.text}
        {row.shortened && '… (shortened)'}
      </pre>
    ),
  },
  { name: 'Where', from: 'tablet', width: '38%', cell: (row) => <Where path={row.path ?? undefined} /> },
];

/** Where an item stands. A path that is too long for its line breaks before a dot, not inside a name. */
function Where({ path }: { path: string | undefined }) {
  return (
    <span className={classes.where}>
      {path === undefined
        ? 'computed'
        : path.split('.').map((step, index) => (
            <Fragment key={index}>
              {index > 0 && (
                <>
                  <wbr />.
                </>
              )}
              {step}
            </Fragment>
          ))}
    </span>
  );
}

interface Props {
  /** What is missing before anything can be asked. */
  idle: 'expression' | 'resource' | undefined;
  answer: PathAnswer | undefined;
  failure: unknown;
  /** The answer belongs to an earlier version of what is typed. */
  old: boolean;
}

export function Results({ idle, answer, failure, old }: Props) {
  const total = answer?.total ?? 0;
  const shown = answer?.items.length ?? 0;
  const counted = total === 1 ? '1 item' : `${total} items`;
  return (
    <Section title="Result" aside={answer && !answer.error && !idle ? <span className="num">{total > shown ? `${counted}, first ${shown} shown` : counted}</span> : undefined}>
      <div data-old={old || undefined} className={classes.results}>
        {idle === 'expression' ? (
          <EmptyState title="No expression yet">Type one above, such as name.given. The result appears here with its types while you type.</EmptyState>
        ) : idle === 'resource' ? (
          <EmptyState title="No resource">The resource could not be loaded from the record. Load another one, or paste one.</EmptyState>
        ) : failure ? (
          <ErrorPanel error={failure} what="The result" />
        ) : !answer ? (
          <Waiting what="the result" />
        ) : answer.error ? (
          <EmptyState title="No result">{stages[answer.error.stage]}</EmptyState>
        ) : total === 0 ? (
          <EmptyState title="Empty">The expression is right and gives nothing here: an empty collection.</EmptyState>
        ) : (
          <DataTable caption="Items of the result" columns={columns} rows={answer.items.map((item, index) => ({ ...item, number: index + 1 }))} rowKey={(row) => String(row.number)} />
        )}
      </div>
    </Section>
  );
}

const stages: Record<string, string> = {
  resource: 'The resource below cannot be read; the reason stands there.',
  syntax: 'The expression is not FHIRPath; the place is underlined.',
  semantic: 'A name, type or function in the expression has no meaning here; the place is underlined.',
  execution: 'The expression does not fit this resource; the place is underlined.',
  'too-costly': 'The expression takes too many steps or makes too many items. Narrow it down.',
  'not-supplied': 'The expression needs something that this page does not give it, such as terminology or other resources.',
};
