import { Button, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { ErrorPanel } from '../../ui/Notice';
import { Section } from '../../ui/Section';
import classes from './FhirPathPage.module.css';
import { referenceIn } from './reference';

interface Props {
  text: string;
  change: (text: string) => void;
  /** The stored resource named in the address. */
  on: string | undefined;
  load: (reference: string) => void;
  loading: boolean;
  failure: unknown;
  /** Why the text is no resource. */
  problem: string | undefined;
}

/** The resource: pasted as JSON or XML, or taken from the record. */
export function ResourceField({ text, change, on, load, loading, failure, problem }: Props) {
  const id = useId();
  const [typed, setTyped] = useState(on ?? '');
  const reference = referenceIn(typed);
  return (
    <Section title="Resource" aside="JSON or XML">
      <form
        className={classes.load}
        onSubmit={(event) => {
          event.preventDefault();
          if (reference) load(reference);
        }}
      >
        <TextInput
          className={classes.reference}
          aria-label="Resource of the record"
          placeholder="From the record: Patient/123"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" disabled={!reference} loading={loading}>
          Load
        </Button>
      </form>
      {failure !== undefined && <ErrorPanel error={failure} what={on ?? 'The resource'} />}
      <label htmlFor={id} className="visually-hidden">
        Resource as JSON or XML
      </label>
      <textarea
        id={id}
        className={classes.text}
        value={text}
        rows={22}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={`${id}-problem`}
        placeholder="Paste a resource here, or leave it empty for an expression that needs none."
        onChange={(event) => change(event.currentTarget.value)}
      />
      <p id={`${id}-problem`} className={classes.problem} role="status">
        {problem !== undefined && (
          <>
            <span aria-hidden="true">▲ </span>
            {problem}
          </>
        )}
      </p>
    </Section>
  );
}
