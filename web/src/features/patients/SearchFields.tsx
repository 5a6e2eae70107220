import { Button, Collapse, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Patient } from '../../fhir/types.gen';
import { SearchIcon } from '../../ui/icons';
import { moveRow } from '../../ui/useRowKeys';
import { parseTypedDate } from '../../lib/dates';
import classes from './PatientsPage.module.css';
import { fieldNames, type FieldName, type Fields } from './useSearchFields';

interface Props {
  fields: Fields;
  change: (name: FieldName, value: string) => void;
  /** The rows below belong to an earlier version of what is typed. */
  stale: boolean;
  only: Patient | undefined;
}

/** One line that understands names, dates and numbers, and three explicit fields. */
export function SearchFields({ fields, change, stale, only }: Props) {
  const [open, setOpen] = useState(() => fieldNames.some((name) => name !== 'q' && fields[name] !== ''));
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (window.matchMedia('(hover: hover)').matches) field.current?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur();
    else if (stale && (event.key === 'Enter' || event.key === 'ArrowDown')) event.preventDefault();
    else if (event.key === 'ArrowDown') moveRow(1);
    else if (event.key === 'Enter' && only?.id) void navigate(`/patients/${only.id}`);
    else if (event.key === 'Enter') moveRow(1);
    else return;
    event.preventDefault();
  };

  return (
    <search className={classes.search}>
      <div className={classes.line}>
        <TextInput
          ref={field}
          data-search
          className={classes.smart}
          size="md"
          type="search"
          aria-label="Search patients by name, birth date or identifier"
          placeholder="Name, birth date, number: huels 15-Nov-1976"
          value={fields.q}
          onChange={(event) => change('q', event.currentTarget.value)}
          onKeyDown={onKeyDown}
          leftSection={<SearchIcon size={18} />}
          autoComplete="off"
          spellCheck={false}
        />
        <Button variant="default" size="md" onClick={() => setOpen(!open)} aria-expanded={open} aria-controls="explicit-fields">
          {open ? 'Fewer fields' : 'More fields'}
        </Button>
      </div>
      <Collapse expanded={open} id="explicit-fields">
        <div className={classes.explicit}>
          <TextInput label="Name" value={fields.name} onChange={(e) => change('name', e.currentTarget.value)} onKeyDown={onKeyDown} autoComplete="off" />
          <BirthDateField value={fields.birthdate} change={(value) => change('birthdate', value)} />
          <TextInput label="Identifier (exact)" value={fields.identifier} onChange={(e) => change('identifier', e.currentTarget.value)} onKeyDown={onKeyDown} autoComplete="off" />
        </div>
      </Collapse>
    </search>
  );
}

function BirthDateField({ value, change }: { value: string; change: (value: string) => void }) {
  const wrong = value.trim() !== '' && !parseTypedDate(value);
  return (
    <TextInput
      label="Birth date"
      placeholder="15-Nov-1976 or 1976"
      value={value}
      error={wrong && value.length >= 8 ? 'Not a date. Try 15-Nov-1976, 1976-11 or 1976.' : undefined}
      onChange={(event) => change(event.currentTarget.value)}
      autoComplete="off"
    />
  );
}
