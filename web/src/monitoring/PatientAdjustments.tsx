import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDateTime } from '../lib/dates';
import { hasRole, useAccount } from '../session/session.api';
import { ErrorPanel } from '../ui/Notice';
import { Problem, fieldProblem } from '../ui/Problem';
import form from '../ui/Form.module.css';
import { adjustmentsQuery, saveAdjustments, type Adjustment, type Adjustments } from './adjustments.api';

/** What is changed of scores and alerts for one patient; a physician changes it. With a rule, only what belongs to that. */
export function PatientAdjustments({ patient, rule }: { patient: string; rule?: string }) {
  const stored = useQuery(adjustmentsQuery(patient));
  const changes = hasRole(useAccount(), 'physician');
  if (stored.isError) return <ErrorPanel error={stored.error} what="What is set for this patient" retry={() => void stored.refetch()} />;
  if (!stored.data) return null;
  const own = stored.data.adjustments.filter((one) => !rule || one.rule === rule);
  return (
    <div className={form.form}>
      {changes && !rule && <Facts patient={patient} stored={stored.data} />}
      {!changes && !rule && (
        <p className={form.text}>
          SpO₂ scale {stored.data.spo2Scale ?? 'as the record has it'}; oxygen {stored.data.oxygen === null ? 'as measured' : stored.data.oxygen ? 'yes' : 'no'}. A physician changes this.
        </p>
      )}
      {own.length > 0 && (
        <ul className={form.plainList}>
          {own.map((one) => (
            <li key={one.rule}>
              <span className="mono">{one.rule}</span>: {one.off ? 'off' : `limit ${one.threshold}`} until {formatDateTime(one.until)} <span className="meta">“{one.reason}”</span>
              {changes && <Back patient={patient} rule={one.rule} all={stored.data.adjustments} />}
            </li>
          ))}
        </ul>
      )}
      {changes && rule && <RuleForm patient={patient} rule={rule} all={stored.data.adjustments} />}
    </div>
  );
}

function useSave(patient: string, done?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changed: Partial<Adjustments>) => saveAdjustments(patient, changed),
    onSuccess: (stored) => {
      client.setQueryData(adjustmentsQuery(patient).queryKey, stored);
      done?.();
    },
  });
}

function Facts({ patient, stored }: { patient: string; stored: Adjustments }) {
  const save = useSave(patient);
  return (
    <>
      <div className={form.row}>
        <NativeSelect
          size="xs"
          label="SpO₂ scale of NEWS2"
          value={String(stored.spo2Scale ?? '')}
          disabled={save.isPending}
          onChange={(event) => save.mutate({ spo2Scale: event.currentTarget.value === '' ? null : (Number(event.currentTarget.value) as 1 | 2) })}
          error={fieldProblem(save.error, 'spo2Scale')}
          data={[{ value: '', label: 'as the record has it' }, { value: '1', label: 'scale 1' }, { value: '2', label: 'scale 2: target 88 to 92 %' }]}
        />
        <NativeSelect
          size="xs"
          label="Oxygen"
          value={String(stored.oxygen ?? '')}
          disabled={save.isPending}
          onChange={(event) => save.mutate({ oxygen: event.currentTarget.value === '' ? null : event.currentTarget.value === 'true' })}
          error={fieldProblem(save.error, 'oxygen')}
          data={[{ value: '', label: 'as measured' }, { value: 'true', label: 'gets oxygen' }, { value: 'false', label: 'breathes air' }]}
        />
      </div>
      <Problem error={save.error} but={['spo2Scale', 'oxygen']} />
    </>
  );
}

function Back({ patient, rule, all }: { patient: string; rule: string; all: Adjustment[] }) {
  const save = useSave(patient);
  return (
    <>
      {' '}
      <Button size="compact-xs" variant="default" loading={save.isPending} onClick={() => save.mutate({ adjustments: all.filter((one) => one.rule !== rule) })}>
        Take back
      </Button>
      <Problem error={save.error} />
    </>
  );
}

function RuleForm({ patient, rule, all }: { patient: string; rule: string; all: Adjustment[] }) {
  const [open, setOpen] = useState(false);
  const [what, setWhat] = useState<'threshold' | 'off'>('threshold');
  const [threshold, setThreshold] = useState('');
  const [hours, setHours] = useState('8');
  const [reason, setReason] = useState('');
  const save = useSave(patient, () => setOpen(false));
  if (!open) {
    return (
      <div>
        <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
          Change this rule for this patient
        </Button>
      </div>
    );
  }
  return (
    <form
      className={form.inset}
      onSubmit={(event) => {
        event.preventDefault();
        const until = new Date(Date.now() + Number(hours) * 3_600_000).toISOString();
        const changed: Adjustment = { rule, ...(what === 'off' ? { off: true } : { threshold: Number(threshold) }), reason: reason.trim(), until };
        save.mutate({ adjustments: [...all.filter((one) => one.rule !== rule), changed] });
      }}
    >
      <div className={form.row}>
        <NativeSelect size="xs" label="For this patient" value={what} onChange={(event) => setWhat(event.currentTarget.value as 'threshold' | 'off')} data={[{ value: 'threshold', label: 'another limit' }, { value: 'off', label: 'no alert' }]} />
        {what === 'threshold' && <TextInput size="xs" type="number" step="any" label="Limit" value={threshold} onChange={(event) => setThreshold(event.currentTarget.value)} error={fieldProblem(save.error, 'threshold')} />}
        <NativeSelect size="xs" label="For" value={hours} onChange={(event) => setHours(event.currentTarget.value)} data={[['2', '2 hours'], ['8', '8 hours'], ['24', 'a day'], ['72', '3 days']].map(([value, label]) => ({ value: value!, label: label! }))} />
      </div>
      <TextInput size="xs" label="Why" maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={fieldProblem(save.error, 'reason')} />
      <Problem error={save.error} but={['threshold', 'reason']} />
      <div className={form.row}>
        <Button type="submit" size="xs" loading={save.isPending} disabled={reason.trim() === '' || (what === 'threshold' && threshold.trim() === '')}>
          Change it
        </Button>
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
