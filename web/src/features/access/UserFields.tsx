import { Checkbox, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fieldProblem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { tableQuery, type UserFields } from './access.api';

interface Props {
  value: UserFields;
  change: (value: UserFields) => void;
  error: unknown;
  /** Nobody gives themselves a role. */
  ownRoles?: boolean;
}

// Roles of what signs in by a key of its own and is no person: apps and devices get them, accounts do not.
const machines = ['device', 'service'];

/** What an administrator says of an account; the same when inviting and when changing. */
export function UserFieldset({ value, change, error, ownRoles }: Props) {
  const roles = useQuery(tableQuery).data?.roles ?? [];
  const known = new Set(roles.map((role) => role.name));
  const shown = [...roles.filter((role) => !machines.includes(role.name) || value.roles.includes(role.name)), ...value.roles.filter((name) => !known.has(name)).map((name) => ({ name, description: '' }))];
  return (
    <>
      <TextInput label="Name" description="As colleagues know the person" value={value.name} onChange={(event) => change({ ...value, name: event.currentTarget.value })} error={fieldProblem(error, 'name')} autoComplete="off" required withAsterisk={false} />
      <Checkbox.Group label="Roles" description={ownRoles ? 'Nobody changes their own roles; another administrator can.' : undefined} value={value.roles} onChange={(roles) => change({ ...value, roles })} error={fieldProblem(error, 'roles')}>
        <div className={form.form} style={{ gap: '0.4rem', paddingTop: '0.4rem' }}>
          {shown.map((role) => (
            <Checkbox key={role.name} value={role.name} label={role.name} description={role.description} disabled={ownRoles} />
          ))}
        </div>
      </Checkbox.Group>
      <TextInput label="Person in the record" description="Practitioner/…, Patient/… or RelatedPerson/…: care and one’s own record follow from it" placeholder="Practitioner/123" value={value.person ?? ''} onChange={(event) => change({ ...value, person: event.currentTarget.value.trim() || null })} error={fieldProblem(error, 'person')} autoComplete="off" spellCheck={false} />
      <Textarea label="Wards" description="One Location/… a line, beside those of the person’s PractitionerRole" autosize minRows={2} value={value.wards.join('\n')} onChange={(event) => change({ ...value, wards: event.currentTarget.value.split('\n') })} error={fieldProblem(error, 'wards')} spellCheck={false} />
    </>
  );
}

/** Lines without words are not wards. */
export const trimmed = (fields: UserFields): UserFields => ({ ...fields, name: fields.name.trim(), wards: fields.wards.map((ward) => ward.trim()).filter(Boolean) });
