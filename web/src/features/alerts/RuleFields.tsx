import { Button, Checkbox, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { priorities, type Priority } from '../../monitoring/monitoring.api';
import { fieldProblem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import classes from './Alerts.module.css';
import { kinds, metrics, roles, scores, type Draft, type Kind } from './rule';

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  error: unknown;
  fixedName: boolean;
}

/** Names by which the server speaks of fields that show their own problem. */
export const shownFields = ['name', 'title', 'priority', 'delaySeconds', 'rearmMinutes', 'source', 'suppressedBy', 'escalation', 'when', 'when.seconds', 'when.clear', ...Object.keys(kinds).map((kind) => `when.${kind}`)];

type TextField = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

export function RuleFields({ draft, change, error, fixedName }: Props) {
  const text = (name: TextField, field: string = name) => ({
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change({ [name]: event.currentTarget.value }),
    error: fieldProblem(error, field),
    autoComplete: 'off',
    spellCheck: false,
  });
  return (
    <>
      <div className={classes.pair}>
        <TextInput label="Name" description="Lower-case letters, digits, hyphens" disabled={fixedName} {...text('name')} />
        <TextInput label="Title" description="What people read first" {...text('title')} />
        <NativeSelect label="Priority" description="High: somebody must come now" value={draft.priority} onChange={(event) => change({ priority: event.currentTarget.value as Priority })} data={[...priorities]} error={fieldProblem(error, 'priority')} />
      </div>
      <Trigger draft={draft} change={change} error={error} text={text} />
      <div className={classes.pair}>
        <TextInput type="number" label="For at least (s)" description="It must last this long before it alerts" {...text('delaySeconds')} />
        <TextInput type="number" label="Armed again after (min)" description="How long the rule is quiet for a patient after an alert" {...text('rearmMinutes')} />
        <TextInput label="Quiet while these are open" description="Names of other rules, separated by blanks" {...text('suppressedBy')} />
      </div>
      <Escalation draft={draft} change={change} error={fieldProblem(error, 'escalation')} />
      <Textarea label="Source" description="Where the limits come from" autosize minRows={1} maxRows={4} {...text('source')} />
      <Checkbox label="On" checked={draft.active} onChange={(event) => change({ active: event.currentTarget.checked })} />
    </>
  );
}

function Trigger({ draft, change, error, text }: Omit<Props, 'fixedName'> & { text: (name: TextField, field?: string) => object }) {
  const known = draft.kind === 'score' || draft.kind === 'part' ? scores : metrics;
  const names = known.includes(draft.of) ? known : [draft.of, ...known];
  const ofTime = draft.kind === 'missing' || draft.kind === 'silent';
  const choose = (kind: Kind) => change({ kind, of: kind === 'model' ? '' : kind === 'score' || kind === 'part' ? scores[0] : metrics.includes(draft.of) ? draft.of : metrics[0] });
  return (
    <div className={classes.pair}>
      <NativeSelect label="Alerts on" value={draft.kind} onChange={(event) => choose(event.currentTarget.value as Kind)} data={Object.entries(kinds).map(([value, { label }]) => ({ value, label }))} error={fieldProblem(error, 'when') ?? (draft.kind === 'silent' ? fieldProblem(error, 'when.silent') : undefined)} />
      {draft.kind === 'model' && <TextInput label="Of" description="The name under which the model sends" {...text('of', 'when.model')} />}
      {draft.kind !== 'silent' && draft.kind !== 'model' && <NativeSelect label="Of" value={draft.of} onChange={(event) => change({ of: event.currentTarget.value })} data={names} error={fieldProblem(error, `when.${draft.kind}`)} />}
      {ofTime ? (
        <TextInput type="number" label="For (s)" {...text('seconds', 'when.seconds')} />
      ) : (
        <>
          <NativeSelect label="When it is" value={draft.side} onChange={(event) => change({ side: event.currentTarget.value as Draft['side'] })} data={[{ value: 'atLeast', label: 'at least' }, { value: 'atMost', label: 'at most' }]} />
          <TextInput type="number" step="any" label="This limit" {...text('limit', 'when.limit')} />
          <TextInput type="number" step="any" label="Over at (optional)" description="A distance from the limit keeps it from flickering" {...text('clear', 'when.clear')} />
        </>
      )}
    </div>
  );
}

function Escalation({ draft, change, error }: { draft: Draft; change: Props['change']; error?: string }) {
  const set = (index: number, part: Partial<Draft['escalation'][number]>) => change({ escalation: draft.escalation.map((step, i) => (i === index ? { ...step, ...part } : step)) });
  return (
    <fieldset className={form.form} style={{ border: 0, padding: 0, margin: 0 }}>
      <legend>Escalation, while nobody acknowledges</legend>
      {draft.escalation.map((step, index) => (
        <div key={index} className={classes.step}>
          <TextInput type="number" label={`Step ${index + 1}: after (s)`} value={step.afterSeconds} onChange={(event) => set(index, { afterSeconds: event.currentTarget.value })} />
          <NativeSelect label={`Step ${index + 1}: to`} value={step.to} onChange={(event) => set(index, { to: event.currentTarget.value })} data={roles.includes(step.to) ? roles : [step.to, ...roles]} />
          <Button size="xs" variant="default" aria-label={`Remove step ${index + 1}`} onClick={() => change({ escalation: draft.escalation.filter((_, i) => i !== index) })}>
            Remove
          </Button>
        </div>
      ))}
      {error && (
        <p role="alert" style={{ margin: 0, color: 'var(--high)' }}>
          {error}
        </p>
      )}
      <div>
        <Button size="xs" variant="default" disabled={draft.escalation.length >= 5} onClick={() => change({ escalation: [...draft.escalation, { afterSeconds: '', to: 'charge-nurse' }] })}>
          Add a step
        </Button>
      </div>
    </fieldset>
  );
}
