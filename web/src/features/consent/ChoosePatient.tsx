import { Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fhirRead, fhirSearch } from '../../fhir/client';
import { PatientFacts } from '../../fhir/PatientFacts';
import { ownPatient, useAccount } from '../../session/session.api';
import { EmptyState, ErrorPanel, Waiting } from '../../ui/Notice';
import classes from './Consent.module.css';

const idOf = (reference: string) => reference.replace(/^Patient\//, '');

/** Which patient the app is about (launch/patient of SMART App Launch): the one it was started for, oneself, or one who is looked up. */
export function ChoosePatient({ chosen, choose, fixed }: { chosen?: string; choose: (id: string) => void; fixed?: string }) {
  const own = ownPatient(useAccount());
  const [text, setText] = useState('');
  const [name] = useDebouncedValue(text.trim(), 200);
  const list = useQuery({
    queryKey: ['fhir', 'Patient', 'choose', fixed ?? own ?? name],
    queryFn: async ({ signal }) => {
      if (fixed ?? own) return [await fhirRead('Patient', idOf(fixed ?? own!), signal)];
      return (await fhirSearch('Patient', { name, _sort: 'family,given', _count: 20 }, signal)).resources;
    },
    placeholderData: keepPreviousData,
  });
  return (
    <div>
      {!fixed && !own && <TextInput label="Which patient" placeholder="Name" value={text} onChange={(event) => setText(event.currentTarget.value)} type="search" autoComplete="off" spellCheck={false} />}
      {list.isPending && <Waiting what="patients" />}
      {list.isError && <ErrorPanel error={list.error} what="The patient" retry={() => void list.refetch()} />}
      {list.data?.length === 0 && <EmptyState title="No patient matches">Names match from their beginning.</EmptyState>}
      {list.data && list.data.length > 0 && (
        <Radio.Group label={fixed ?? own ? 'Which patient' : undefined} aria-label="Patient" value={chosen ? idOf(chosen) : null} onChange={choose}>
          <ul className={classes.patients}>
            {list.data.map((patient) => (
              <li key={patient.id}>
                <Radio value={patient.id} label={<PatientFacts patient={patient} />} />
              </li>
            ))}
          </ul>
        </Radio.Group>
      )}
    </div>
  );
}
