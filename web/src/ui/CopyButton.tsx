import { Button } from '@mantine/core';
import { useState } from 'react';

/** Copies text; on a page without the clipboard permission (plain HTTP, not localhost) it says so instead of failing silently. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<'ready' | 'done' | 'refused'>('ready');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
    } catch {
      setState('refused');
    }
    setTimeout(() => setState('ready'), 3000);
  };
  const words = { ready: label, done: 'Copied', refused: 'The browser refused; select the text instead' };
  return (
    <Button variant="default" size="xs" onClick={() => void copy()} aria-live="polite">
      {words[state]}
    </Button>
  );
}
