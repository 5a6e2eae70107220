import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PatientFacts } from '../../fhir/PatientFacts';
import { ActForm } from '../../ui/ActForm';
import { ErrorPanel, Waiting } from '../../ui/Notice';
import form from '../../ui/Form.module.css';
import { devicesQuery, endAssociation, patientQuery, type Device } from './devices.api';

/** Ends that a patient is on a device. Nothing is written before it is on the screen who that is. */
export function EndForm({ device, close }: { device: Device; close: () => void }) {
  const client = useQueryClient();
  const patient = useQuery(patientQuery(device.patient ?? ''));
  const end = useMutation({
    mutationFn: () => endAssociation(device.id),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: devicesQuery.queryKey });
    },
  });
  if (patient.isError) return <ErrorPanel error={patient.error} what="Who is on the device" retry={() => void patient.refetch()} />;
  if (!patient.data) return <Waiting what="who is on the device" />;
  return (
    <ActForm act={end} send={() => end.mutate()} label="Take this patient off" focus="cancel" cancel={close}>
      <PatientFacts patient={patient.data} />
      <p className={form.text}>What the device sends from now on belongs to nobody and is rejected, until somebody is put on it. What it sent before stays this patient’s.</p>
    </ActForm>
  );
}
