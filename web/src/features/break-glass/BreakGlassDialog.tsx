import { NativeSelect, Radio, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProvedForm } from '../../session/ProvedForm';
import { openedKey } from '../../session/session.api';
import { openRecord, reasons } from './break-glass.api';
import classes from './BreakGlass.module.css';
import { PatientLine } from './PatientLine';

const shortest = 10;
const lengths = ['15', '30', '60'];

/** Says whom, for how long and who is told; asks why; asks for the password once more when the server wants it; then opens the record. */
export function BreakGlassDialog({ patient, close }: { patient: string; close: () => void }) {
  const client = useQueryClient();
  const [choice, setChoice] = useState('');
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState('30');
  const other = choice === reasons.at(-1);
  const reason = other ? text.trim() : [choice, text.trim()].filter(Boolean).join('. ');
  const open = useMutation({
    mutationFn: () => openRecord({ patient, reason, minutes: Number(minutes) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: openedKey });
      await client.resetQueries({ queryKey: ['fhir'] });
      close();
    },
  });
  return (
    <ProvedForm act={open} why="Emergency access needs your confirmation." label="Open this record" color="red.9" disabled={choice === '' || (other && text.trim().length < shortest)} cancel={close}>
      <p className={classes.who}>
        <PatientLine reference={patient} />
      </p>
      <Effects minutes={minutes} />
      <Radio.Group label="Reason" value={choice} onChange={setChoice} required withAsterisk={false}>
        {reasons.map((words, index) => (
          <Radio key={words} value={words} label={words} mt={6} data-autofocus={index === 0 || undefined} />
        ))}
      </Radio.Group>
      <Textarea label={other ? 'Which reason' : 'What for (optional)'} autosize minRows={2} maxRows={5} maxLength={500} value={text} onChange={(event) => setText(event.currentTarget.value)} error={other && text !== '' && text.trim().length < shortest ? `In at least ${shortest} characters.` : undefined} />
      <NativeSelect label="For how long" data={lengths.map((length) => ({ value: length, label: `${length} minutes` }))} value={minutes} onChange={(event) => setMinutes(event.currentTarget.value)} maw="12rem" />
    </ProvedForm>
  );
}

const Effects = ({ minutes }: { minutes: string }) => (
  <ul className={classes.effects}>
    <li>For {minutes} minutes this patient counts as one in your care: you may read and write what your role may there, and of no other patient.</li>
    <li>The privacy officer is told at once and reviews your reason.</li>
    <li>Everything you open is written down with your name, and the patient can see it.</li>
  </ul>
);
