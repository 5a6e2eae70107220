import { Button, Radio, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../../ui/Problem';
import form from '../../ui/Form.module.css';
import { judge, type Verdict } from './break-glass.api';

const verdicts: Record<Verdict, { words: string; tone?: 'ok' | 'high' | 'medium' }> = {
  justified: { words: 'Justified', tone: 'ok' },
  unjustified: { words: 'Unjustified', tone: 'high' },
  unclear: { words: 'Unclear', tone: 'medium' },
};

export const VerdictText = ({ verdict }: { verdict: Verdict }) => (
  <span className={form.mark} data-tone={verdicts[verdict].tone}>
    {verdicts[verdict].words}
  </span>
);

/** A verdict is final, so it says what it rests on. */
export function VerdictForm({ id, done }: { id: string; done: () => void }) {
  const client = useQueryClient();
  const [verdict, setVerdict] = useState<Verdict>();
  const [comment, setComment] = useState('');
  const give = useMutation({
    mutationFn: (chosen: Verdict) => judge(id, { verdict: chosen, comment: comment.trim() }),
    onSuccess: async () => {
      done();
      await client.invalidateQueries({ queryKey: ['admin'] });
    },
  });
  const missing = verdict === undefined || comment.trim() === '';
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (verdict) give.mutate(verdict);
      }}
    >
      <Radio.Group label="Verdict" value={verdict ?? null} onChange={(value) => setVerdict(value)}>
        <div className={form.row} style={{ marginTop: 6 }}>
          {Object.entries(verdicts).map(([value, { words }]) => (
            <Radio key={value} value={value} label={words} />
          ))}
        </div>
      </Radio.Group>
      <Textarea label="What the verdict rests on" autosize minRows={2} maxRows={6} maxLength={2000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} maw="40rem" />
      <Problem error={give.error} />
      <div>
        <Button type="submit" size="xs" disabled={missing} loading={give.isPending}>
          Give the verdict
        </Button>
      </div>
    </form>
  );
}
