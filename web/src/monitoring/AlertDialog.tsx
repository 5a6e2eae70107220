import { Button, Modal, NativeSelect, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDate, formatDateTime } from '../lib/dates';
import { ActForm } from '../ui/ActForm';
import { fieldProblem } from '../ui/Problem';
import { useNow } from '../ui/useNow';
import form from '../ui/Form.module.css';
import { hasRole, useAccount } from '../session/session.api';
import { PatientAdjustments } from './PatientAdjustments';
import { PriorityMark, whoHas } from './AlertMark';
import { unitText } from './levels';
import classes from './Monitoring.module.css';
import { actOnAlert, isOpen, type Alert, type AlertAct } from './monitoring.api';

/** Two identifiers of a patient. */
export interface Who {
  name: string;
  birthDate?: string | null;
}

const acts: { value: AlertAct; label: string; button: string; effect: string }[] = [
  { value: 'acknowledge', label: 'Acknowledge', button: 'I have seen it', effect: 'You take it. It stays open until what it was raised for has ended.' },
  { value: 'escalate', label: 'Escalate', button: 'Pass it on', effect: 'The next in line is told now: charge nurse, then physician.' },
  { value: 'snooze', label: 'Snooze', button: 'Snooze it', effect: 'This rule is quiet for this patient until then. Other rules still alert.' },
  { value: 'resolve', label: 'Resolve', button: 'Resolve it', effect: 'It is over. It can be raised again once the rule is armed again.' },
];
const usual = ['On my way', 'Seen at the bedside, treated', 'Expected in this patient', 'Artefact or moved sensor'];

/** What to do about an alert; undefined shows nothing. Says whom it is about by two identifiers, and why it was raised. */
export function AlertDialog({ alert, who, close }: { alert: Alert | undefined; who: Who | undefined; close: () => void }) {
  return (
    <Modal opened={alert !== undefined} onClose={close} title="Alert" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {alert && <Body key={alert.id} alert={alert} who={who} close={close} />}
    </Modal>
  );
}

function Body({ alert, who, close }: { alert: Alert; who: Who | undefined; close: () => void }) {
  return (
    <div className={form.form}>
      <p className={classes.who}>
        {who ? (
          <>
            <strong>
              <bdi>{who.name}</bdi>
            </strong>
            , born {formatDate(who.birthDate ?? undefined)}
          </>
        ) : (
          'Who this is could not be loaded. Nothing can be done about an alert before that is known: close this, and try again.'
        )}
      </p>
      <div>
        <PriorityMark priority={alert.priority} /> <strong>{alert.title}</strong>
      </div>
      <Why alert={alert} />
      {isOpen(alert) && who && <Acts alert={alert} close={close} />}
      {isOpen(alert) && who && <ForThisPatient alert={alert} />}
    </div>
  );
}

/** Only where somebody may change it: the dialog is for what to do now. */
function ForThisPatient({ alert }: { alert: Alert }) {
  return hasRole(useAccount(), 'physician') ? <PatientAdjustments patient={alert.patient} rule={alert.rule} /> : null;
}

export function Why({ alert }: { alert: Alert }) {
  const now = useNow();
  return (
    <div className={classes.why}>
      {alert.why.text}
      <ul className={classes.values}>
        {(alert.why.values ?? []).map((value) => (
          <li key={value.metric}>
            {value.metric} {value.value ?? '–'} {unitText(value.unit)}
            {value.points !== null && value.points !== undefined && `, ${value.points} points`}
            {value.time && <span className="meta"> · {formatDateTime(value.time)}</span>}
          </li>
        ))}
      </ul>
      <span className="meta">
        Raised {formatDateTime(alert.raisedAt)} by the rule {alert.rule}, version {alert.why.ruleVersion}.{alert.why.model?.explanation && ` The model says: ${alert.why.model.explanation}.`} Has it: {whoHas(alert, now)}.{alert.reason && ` “${alert.reason}”`}
      </span>
    </div>
  );
}

function Acts({ alert, close }: { alert: Alert; close: () => void }) {
  const client = useQueryClient();
  const [act, setAct] = useState<AlertAct>(alert.status === 'acknowledged' ? 'resolve' : 'acknowledge');
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState('15');
  const chosen = acts.find(({ value }) => value === act)!;
  const save = useMutation({
    mutationFn: () => actOnAlert(alert.id, act, { reason: reason.trim(), ...(act === 'snooze' && { minutes: Number(minutes) }) }),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['monitoring'] });
    },
  });
  return (
    <ActForm act={save} send={() => save.mutate()} label={chosen.button} disabled={reason.trim() === ''} but={['reason', 'minutes']} cancel={close}>
      <SegmentedControl aria-label="What to do" value={act} onChange={(value) => setAct(value)} data={acts.map(({ value, label }) => ({ value, label }))} />
      <p className={form.text}>{chosen.effect}</p>
      {act === 'snooze' && <NativeSelect label="For how long" value={minutes} onChange={(event) => setMinutes(event.currentTarget.value)} data={['5', '10', '15', '30', '60'].map((value) => ({ value, label: `${value} minutes` }))} error={fieldProblem(save.error, 'minutes')} maw="12rem" />}
      <Textarea label="Reason" data-autofocus autosize minRows={2} maxRows={5} maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={fieldProblem(save.error, 'reason')} />
      <div className={form.row}>
        {usual.map((words) => (
          <Button key={words} size="compact-xs" variant="default" onClick={() => setReason(words)}>
            {words}
          </Button>
        ))}
      </div>
    </ActForm>
  );
}
