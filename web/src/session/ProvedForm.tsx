import type { ComponentProps } from 'react';
import { ActForm } from '../ui/ActForm';
import { Reauthenticate } from './Reauthenticate';
import { needsProof } from './session.api';

/** A mutation without variables, or as much of one as a form needs. */
export interface ProvedAct {
  mutate: () => void;
  reset: () => void;
  isPending: boolean;
  error: unknown;
}

interface Props extends Omit<ComponentProps<typeof ActForm>, 'act' | 'send'> {
  act: ProvedAct;
  /** Why the server wants a fresh proof, for whom it surprises. */
  why: string;
}

/**
 * A form in a dialog for what the server does only for somebody who proved just now that it is them. On 428 the proof stands in the place of the fields; what was typed stays with
 * whoever holds the fields, and is sent again.
 */
export function ProvedForm({ act, why, ...form }: Props) {
  if (needsProof(act.error)) return <Reauthenticate why={why} done={() => act.mutate()} cancel={() => act.reset()} />;
  return <ActForm act={act} send={() => act.mutate()} {...form} />;
}
