import { outcomes } from './words';
import form from '../../ui/Form.module.css';

/** What is unusual enough to be seen in a long list. */
export function kindMark(kind: string, breakGlass = false) {
  if (breakGlass || /break-?glass|emergency/i.test(kind)) {
    return (
      <span className={form.mark} data-tone="medium">
        Emergency
      </span>
    );
  }
  return null;
}

export function outcomeMark(outcome: string) {
  const failed = !/^(0|ok|success|succeeded|done)$/i.test(outcome);
  return (
    <span className={form.mark} data-tone={failed ? 'high' : undefined}>
      {outcomes.find((o) => o.value === outcome)?.label ?? outcome}
    </span>
  );
}
