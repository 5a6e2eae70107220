import { Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActForm } from '../../ui/ActForm';
import { ErrorPanel } from '../../ui/Notice';
import { fieldProblem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { associate, candidatesQuery, devicesQuery, type Device } from './devices.api';
import { PatientFacts } from './PatientFacts';

/** Puts a patient on a device: found by name or number, chosen by name, birth date and number. */
export function AssociateForm({ device, bed, close }: { device: Device; bed?: string; close: () => void }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const [chosen, setChosen] = useState('');
  const [place, setPlace] = useState('');
  const found = useQuery(candidatesQuery(asked));
  const patient = found.data?.find((candidate) => candidate.id === chosen);
  const save = useMutation({
    mutationFn: () => associate(device.id, { patient: chosen, ...(place.trim() && { bed: place.trim().replace(/^Location\//, '') }) }),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
    },
  });
  return (
    <ActForm act={save} send={() => save.mutate()} label="Put this patient on it" disabled={!patient} but={['patient', 'bed']} cancel={close}>
      {device.patient && <p className={form.warn}>Somebody is on this device. From now on its samples belong to whom you choose here.</p>}
      <TextInput label="Name or number of the patient" data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      {found.isError && <ErrorPanel error={found.error} what="Patients" retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <p className={form.text}>No patient matches “{asked}”.</p>}
      {found.data && found.data.length > 0 && (
        <Radio.Group label="Which patient: compare with the wristband" value={chosen} onChange={setChosen} error={fieldProblem(save.error, 'patient')}>
          {found.data.map((candidate) => (
            <Radio key={candidate.id} value={candidate.id ?? ''} label={<PatientFacts patient={candidate} />} mt={6} />
          ))}
        </Radio.Group>
      )}
      <TextInput label="Bed (optional)" description={`The id of its Location; empty leaves the device where it is${bed ? `: ${bed}` : ''}`} value={place} onChange={(event) => setPlace(event.currentTarget.value)} error={fieldProblem(save.error, 'bed')} autoComplete="off" spellCheck={false} />
      {patient && (
        <p className={form.good}>
          From now on the samples of <strong>{device.name ?? device.identifier ?? device.id}</strong> belong to <PatientFacts patient={patient} />.
        </p>
      )}
    </ActForm>
  );
}
