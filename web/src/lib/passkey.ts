// WebAuthn in JSON, as the server sends and takes it. https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON

type Json = Record<string, unknown>;

// A passkey belongs to a domain: https://www.w3.org/TR/webauthn-3/#relying-party-identifier
const isAddress = (host: string): boolean => host.startsWith('[') || /^[\d.]+$/.test(host);
const isLoopback = (host: string): boolean => host === '[::1]' || host === '127.0.0.1';

const inBrowser = (): boolean => typeof window !== 'undefined' && 'PublicKeyCredential' in window && 'credentials' in navigator;

/** Whether passkeys can be made and used on this page. */
export const passkeysSupported = (): boolean => inBrowser() && !isAddress(window.location.hostname);

/**
 * Where passkeys do work, when nothing is in their way but that the page was opened by an address of numbers. The link is null where the name is not known:
 * only a loopback address has one that is the same everywhere.
 */
export function passkeysElsewhere(place: { hostname: string; href: string } = window.location): { link: string | null } | null {
  if (!isAddress(place.hostname)) return null;
  if (!isLoopback(place.hostname)) return { link: null };
  const url = new URL(place.href);
  url.hostname = 'localhost';
  return { link: url.href };
}

/** Whether the browser can offer passkeys in the list of the user name's field. */
export async function conditionalSupported(): Promise<boolean> {
  return passkeysSupported() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false);
}

/** base64url of RFC 4648, section 5, without padding. */
export function toBase64Url(bytes: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function fromBase64Url(text: string): ArrayBuffer {
  const bytes = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0)).buffer;
}

const ids = (list: unknown) => (Array.isArray(list) ? (list as Json[]).map((item) => ({ ...item, id: fromBase64Url(item.id as string) })) : undefined);

function creationOptions(json: Json): PublicKeyCredentialCreationOptions {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json as never);
  const user = json.user as Json;
  return { ...json, challenge: fromBase64Url(json.challenge as string), user: { ...user, id: fromBase64Url(user.id as string) }, excludeCredentials: ids(json.excludeCredentials) } as never;
}

function requestOptions(json: Json): PublicKeyCredentialRequestOptions {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json as never);
  return { ...json, challenge: fromBase64Url(json.challenge as string), allowCredentials: ids(json.allowCredentials) } as never;
}

/** What the server wants back, also from browsers without toJSON. */
function credentialJson(credential: PublicKeyCredential): Json {
  if (typeof credential.toJSON === 'function') return credential.toJSON() as unknown as Json;
  const response = credential.response as unknown as Record<string, ArrayBuffer | undefined> & { getTransports?: () => string[] };
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].filter((name) => response[name] instanceof ArrayBuffer);
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(names.map((name) => [name, toBase64Url(response[name]!)])), transports: response.getTransports?.() },
  };
}

export async function createPasskey(options: Json): Promise<Json> {
  const credential = await navigator.credentials.create({ publicKey: creationOptions(options) });
  if (!credential) throw new PasskeyError('No passkey was made.');
  return credentialJson(credential as PublicKeyCredential);
}

export async function askPasskey(options: Json, mediation?: CredentialMediationRequirement, signal?: AbortSignal): Promise<Json> {
  const credential = await navigator.credentials.get({ publicKey: requestOptions(options), mediation, signal });
  if (!credential) throw new PasskeyError('No passkey was given.');
  return credentialJson(credential as PublicKeyCredential);
}

export class PasskeyError extends Error {}

const words: Record<string, string> = {
  NotAllowedError: 'The passkey was not given: the browser’s window was closed, or its time ran out. Nothing was changed; try again.',
  InvalidStateError: 'This device already has a passkey for this account.',
  SecurityError: 'The address of this page does not fit the passkey. Open Salus by its own name, over TLS or on localhost.',
  NotSupportedError: 'This device cannot make a passkey of the kind that Salus takes.',
};

/** A fault of the browser in words that say what to do; everything else stays as it is. */
export const passkeyProblem = (error: unknown): unknown => (error instanceof DOMException && words[error.name] ? new PasskeyError(words[error.name]) : error);
