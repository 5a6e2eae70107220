import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FindPatient } from '../../fhir/FindPatient';
import { PatientFacts } from '../../fhir/PatientFacts';
import type { Patient } from '../../fhir/types.gen';
import { ActForm } from '../../ui/ActForm';
import { fieldProblem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { associate, devicesQuery, type Device } from './devices.api';

/** Puts a patient on a device: found by name or number, chosen by name, birth date and number. */
export function AssociateForm({ device, bed, close }: { device: Device; bed?: string; close: () => void }) {
  const client = useQueryClient();
  const [patient, setPatient] = useState<Patient>();
  const [place, setPlace] = useState('');
  const save = useMutation({
    mutationFn: () => associate(device.id, { patient: patient!.id!, ...(place.trim() && { bed: place.trim().replace(/^Location\//, '') }) }),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
    },
  });
  return (
    <ActForm act={save} send={() => save.mutate()} label="Put this patient on it" disabled={!patient} but={['patient', 'bed']} cancel={close}>
      {device.patient && <p className={form.warn}>Somebody is on this device. From now on its samples belong to whom you choose here.</p>}
      <FindPatient chosen={patient} choose={setPatient} which="Which patient: compare with the wristband" error={fieldProblem(save.error, 'patient')} focus />
      <TextInput label="Bed (optional)" description={`The id of its Location; empty leaves the device where it is${bed ? `: ${bed}` : ''}`} value={place} onChange={(event) => setPlace(event.currentTarget.value)} error={fieldProblem(save.error, 'bed')} autoComplete="off" spellCheck={false} />
      {patient && (
        <p className={form.good}>
          From now on the samples of <strong>{device.name ?? device.identifier ?? device.id}</strong> belong to <PatientFacts patient={patient} />.
        </p>
      )}
    </ActForm>
  );
}
