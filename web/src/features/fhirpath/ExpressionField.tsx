import { useId, useRef } from 'react';
import classes from './FhirPathPage.module.css';
import { markedAt, placeOf } from './position';

interface Props {
  value: string;
  change: (value: string) => void;
  error?: { message: string; position?: number | null } | null;
}

/** A field for an expression that underlines the place of its error: the same text lies behind the field, and carries the line. */
export function ExpressionField({ value, change, error }: Props) {
  const id = useId();
  const behind = useRef<HTMLPreElement>(null);
  const position = error?.position ?? undefined;
  const marked = position === undefined ? undefined : markedAt(value, position);
  return (
    <div className={classes.expression}>
      <label htmlFor={id}>Expression</label>
      <div className={classes.layers}>
        <pre ref={behind} aria-hidden="true" className={classes.behind}>
          {marked ? (
            <>
              {marked.before}
              <mark data-error>{marked.at}</mark>
              {marked.after}
            </>
          ) : (
            value
          )}
          {/* A line of its own for a caret behind the last line end. */}
          {'\n '}
        </pre>
        <textarea
          id={id}
          className={classes.field}
          value={value}
          rows={2}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={`${id}-error`}
          onChange={(event) => change(event.currentTarget.value)}
          onScroll={(event) => behind.current?.scrollTo(0, event.currentTarget.scrollTop)}
        />
      </div>
      <p id={`${id}-error`} className={classes.problem} role="status">
        {error && (
          <>
            <span aria-hidden="true">▲ </span>
            {error.message}
            {position !== undefined && ` (${placeOf(value, position)})`}
          </>
        )}
      </p>
    </div>
  );
}
