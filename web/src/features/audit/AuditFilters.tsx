import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindPatient } from '../../fhir/FindPatient';
import type { Patient } from '../../fhir/types.gen';
import form from '../../ui/Form.module.css';
import { filterNames, type FilterName, type Filters } from './audit.api';
import { auditKinds, outcomes } from './words';

interface Props {
  filters: Filters;
  search: (filters: Filters) => void;
}

const labels: Partial<Record<FilterName, { label: string; placeholder?: string }>> = {
  actor: { label: 'Who', placeholder: 'Name, or id of an account' },
  patient: { label: 'Patient id', placeholder: 'Or find one below' },
  type: { label: 'Resource type', placeholder: 'Observation' },
  id: { label: 'Resource id' },
  text: { label: 'Words', placeholder: 'Name, reason, question' },
};

/** A question of the trail is written into the trail: it is asked by a button, not with every letter. */
export function AuditFilters({ filters, search }: Props) {
  const [draft, setDraft] = useState(filters);
  const set = (name: FilterName) => (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => {
    const { value } = event.currentTarget;
    setDraft((before) => ({ ...before, [name]: value }));
  };
  const [patient, setPatient] = useState<Patient>();
  const choose = (found: Patient | undefined) => {
    setPatient(found);
    setDraft((before) => ({ ...before, patient: found?.id }));
  };
  const clean = () => Object.fromEntries(filterNames.flatMap((name) => (draft[name]?.trim() ? [[name, draft[name].trim()]] : []))) as Filters;
  const text = (name: FilterName) => <TextInput key={name} {...labels[name]} value={draft[name] ?? ''} onChange={set(name)} autoComplete="off" spellCheck={false} />;
  return (
    <search>
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          search(clean());
        }}
      >
        <div className={form.filters}>
          {text('text')}
          {text('patient')}
          <TextInput type="datetime-local" label="From" value={local(draft.from)} onChange={set('from')} />
          <TextInput type="datetime-local" label="To" value={local(draft.to)} onChange={set('to')} />
          <NativeSelect label="What was done" value={draft.kind ?? ''} onChange={set('kind')} data={[{ value: '', label: 'Anything' }, ...auditKinds]} />
          {text('type')}
          {text('id')}
          <NativeSelect label="Outcome" value={draft.outcome ?? ''} onChange={set('outcome')} data={[{ value: '', label: 'Any' }, ...outcomes]} />
          {text('actor')}
        </div>
        <div className={form.row}>
          <Button type="submit" size="xs">
            Search
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setPatient(undefined);
              setDraft({});
              search({});
            }}
          >
            Clear
          </Button>
        </div>
      </form>
      <details>
        <summary>Find a patient by name or number</summary>
        <div className={form.form}>
          <FindPatient chosen={patient} choose={choose} which="Which patient" />
        </div>
      </details>
    </search>
  );
}

/** An instant as the field shows it, in the browser's zone. */
function local(value: string | undefined): string {
  if (!value || !/Z|[+-]\d\d:\d\d$/.test(value)) return value ?? '';
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? '' : new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
