const origin = 'https://salus.invalid';

/** Where to go after sign-in: a path of this server, or undefined. Anything that a browser could read as another place is refused. */
export function safeReturn(value: string | null | undefined): string | undefined {
  if (!value || !/^\/(?![/\\])/.test(value) || hasControl(value) || value.includes('\\')) return undefined;
  try {
    const url = new URL(value, origin);
    const path = url.pathname + url.search + url.hash;
    // Dots are resolved by now: /./\/host would have become //host.
    return url.origin !== origin || path.startsWith('//') || /^\/sign-in(?=[/?#]|$)/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}

const hasControl = (text: string) => [...text].some((character) => character.charCodeAt(0) < 0x20);

/** Addresses that the server answers itself, so that the browser has to go there. */
export const leavesPages = (path: string): boolean => /^\/(oauth|access|fhir|admin)\//.test(path);

/** The address of the sign-in page that leads back to where one is, and says why one is sent there. */
export function signInPath(here: string, why?: 'ended'): string {
  const back = safeReturn(here);
  const query = new URLSearchParams({ ...(why && { why }), ...(back && back !== '/' && { returnUrl: back }) }).toString();
  return query ? `/sign-in?${query}` : '/sign-in';
}
