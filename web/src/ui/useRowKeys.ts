import { useEffect } from 'react';

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const rowLinks = () => [...document.querySelectorAll<HTMLElement>('[data-row-link]')];

/** Moves the focus by rows through every element marked `data-row-link`; from nowhere it goes to the first. */
export function moveRow(step: 1 | -1): void {
  const links = rowLinks();
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? links[0] : links.at(-1)) : links[at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** `j` / `k` anywhere, the arrow keys when a row has the focus. Enter is the link's own. */
export function useRowKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const onRow = event.target instanceof HTMLElement && event.target.matches('[data-row-link]');
      const step = event.key === 'j' || (onRow && event.key === 'ArrowDown') ? 1 : event.key === 'k' || (onRow && event.key === 'ArrowUp') ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      moveRow(step);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
