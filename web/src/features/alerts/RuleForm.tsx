import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ActForm } from '../../ui/ActForm';
import { rulesQuery, saveRule, type Rule } from './alerts.api';
import { Replay } from './Replay';
import { draftOf, ruleOf } from './rule';
import { RuleFields, shownFields } from './RuleFields';

/** Changes a rule, or makes one. A change can be tried on what was measured before it goes live. */
export function RuleForm({ rule, close }: { rule?: Rule; close: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(rule));
  const save = useMutation({
    mutationFn: () => saveRule(ruleOf(draft)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rulesQuery.queryKey });
      close();
    },
  });
  const [untried, setUntried] = useState<unknown>();
  const act = { isPending: save.isPending, error: save.error ?? untried };
  return (
    <div style={{ maxWidth: '52rem' }}>
      <ActForm act={act} send={() => save.mutate()} label={rule ? 'Save as a new version' : 'Add the rule'} size="xs" disabled={draft.name.trim() === '' || draft.title.trim() === ''} but={shownFields} cancel={close}>
        <RuleFields draft={draft} change={(part) => setDraft((before) => ({ ...before, ...part }))} error={act.error} fixedName={rule !== undefined} />
        <Replay rule={ruleOf(draft)} failed={setUntried} />
      </ActForm>
    </div>
  );
}
