import { useEffect, useRef } from 'react';

/** The field that a person fills first: it has the focus when it appears, so that one step after the other goes without the mouse. */
export function useFocused<T extends HTMLElement>(wanted = true) {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (wanted) ref.current?.focus({ preventScroll: true });
  }, [wanted]);
  return ref;
}
