import { Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../ui/Notice';
import form from '../ui/Form.module.css';
import { fhirSearch } from './client';
import { PatientFacts } from './PatientFacts';
import type { Patient } from './types.gen';

/** Patients by the beginning of a name, or a number. */
const candidatesQuery = (text: string) =>
  queryOptions({
    queryKey: ['fhir', 'Patient', 'candidates', text],
    queryFn: async ({ signal }) => (await fhirSearch('Patient', { ...(/^\d+$/.test(text) ? { identifier: text } : { name: text }), _count: 8 }, signal)).resources,
    enabled: text.length >= 2,
  });

interface Props {
  chosen: Patient | undefined;
  choose: (patient: Patient | undefined) => void;
  /** What stands over those who were found. */
  which: string;
  error?: React.ReactNode;
  focus?: boolean;
}

/** A patient, found by name or number and chosen by name, birth date and number. */
export function FindPatient({ chosen, choose, which, error, focus }: Props) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const found = useQuery(candidatesQuery(asked));
  return (
    <>
      <TextInput label="Name or number of the patient" data-autofocus={focus || undefined} value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      {found.isError && <ErrorPanel error={found.error} what="Patients" retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <p className={form.text}>No patient matches “{asked}”.</p>}
      {found.data && found.data.length > 0 && (
        <Radio.Group label={which} value={chosen?.id ?? ''} onChange={(id) => choose(found.data.find((candidate) => candidate.id === id))} error={error}>
          {found.data.map((candidate) => (
            <Radio key={candidate.id} value={candidate.id ?? ''} label={<PatientFacts patient={candidate} />} mt={6} />
          ))}
        </Radio.Group>
      )}
    </>
  );
}
