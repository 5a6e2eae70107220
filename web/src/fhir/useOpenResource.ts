import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

const parameter = 'resource';

/** The resource whose raw form is shown in the drawer, kept in the address as `?resource=Type/id`. */
export function useOpenResource(): { open?: { type: string; id: string }; show: (type: string, id: string | undefined) => void; close: () => void } {
  const [params, setParams] = useSearchParams();
  const [type, id] = (params.get(parameter) ?? '').split('/');
  const set = useCallback(
    (value: string | undefined) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value) after.set(parameter, value);
          else after.delete(parameter);
          return after;
        },
        { preventScrollReset: true, replace: value === undefined },
      ),
    [setParams],
  );
  const show = useCallback((t: string, i: string | undefined) => i && set(`${t}/${i}`), [set]);
  const close = useCallback(() => set(undefined), [set]);
  const valid = /^[A-Z][A-Za-z]+$/.test(type ?? '') && /^[A-Za-z0-9\-.]{1,64}$/.test(id ?? '');
  return { open: valid ? { type: type!, id: id! } : undefined, show, close };
}
