import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useAccount } from '../session/session.api';
import { pagesFor } from './pages';

const chordTime = 1200;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `/` to the search field, `g` then a letter to a page, `?` for help. Nothing fires while a person types. */
export function useShortcuts(showHelp: () => void): void {
  const navigate = useNavigate();
  const account = useAccount();
  const pressedG = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // In the empty search field "/" still means "search": it is where a person who presses it wants to be.
      const atSearch = event.key === '/' && event.target instanceof HTMLInputElement && event.target.matches('[data-search]') && event.target.value === '';
      if ((typing(event.target) && !atSearch) || event.metaKey || event.ctrlKey || event.altKey) return;
      const chord = event.timeStamp - pressedG.current < chordTime ? pagesFor(account).find((page) => page.key === event.key)?.to : undefined;
      pressedG.current = event.key === 'g' ? event.timeStamp : 0;
      if (chord) void navigate(chord);
      else if (event.key === '/') focusSearch();
      else if (event.key === '?') showHelp();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, showHelp, account]);
}

function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  field?.focus();
  field?.select();
}
