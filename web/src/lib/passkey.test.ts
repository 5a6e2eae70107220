// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askPasskey, createPasskey, fromBase64Url, passkeyProblem, passkeysElsewhere, passkeysSupported, toBase64Url } from './passkey';

const bytes = (...values: number[]) => new Uint8Array(values).buffer;
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'credentials');
});

/** A browser without the JSON helpers, which remembers what it was asked. */
function oldBrowser(response: object) {
  const asked: { publicKey?: Record<string, unknown> }[] = [];
  vi.stubGlobal('PublicKeyCredential', class {});
  const answer = (options: object) => {
    asked.push(options);
    return Promise.resolve({ id: '-_8', rawId: bytes(0xfb, 0xff), type: 'public-key', getClientExtensionResults: () => ({}), response });
  };
  Object.defineProperty(navigator, 'credentials', { configurable: true, value: { create: answer, get: answer } });
  return asked;
}

describe('where passkeys work', () => {
  const at = (href: string) => passkeysElsewhere(new URL(href));

  it('names_localhost_on_a_page_of_this_machine_that_was_opened_by_its_address', () => {
    expect(at('http://127.0.0.1:8080/sign-in?returnUrl=%2Fa')).toEqual({ link: 'http://localhost:8080/sign-in?returnUrl=%2Fa' });
    expect(at('https://[::1]:8443/account')).toEqual({ link: 'https://localhost:8443/account' });
    expect(at('https://192.168.1.5/')).toEqual({ link: null });
    expect(at('http://localhost:8080/')).toBeNull();
    expect(at('https://record.example.org/')).toBeNull();
  });

  it('offers_none_under_an_address', () => {
    oldBrowser({});
    expect(passkeysSupported()).toBe(true);
    vi.stubGlobal('location', new URL('http://127.0.0.1:8080/'));
    expect(passkeysSupported()).toBe(false);
  });
});

describe('passkeys in JSON', () => {
  it('writes_and_reads_base64url_without_padding', () => {
    expect(toBase64Url(bytes(0xfb, 0xff))).toBe('-_8');
    expect([...new Uint8Array(fromBase64Url('-_8'))]).toEqual([0xfb, 0xff]);
  });

  it('makes_one_in_a_browser_without_the_helpers', async () => {
    const asked = oldBrowser({ clientDataJSON: bytes(1), attestationObject: bytes(2), getTransports: () => ['usb'] });
    const made = await createPasskey({ challenge: 'AQID', user: { id: 'BA', name: 'n' }, excludeCredentials: [{ id: 'BQ', type: 'public-key' }] });
    expect([...new Uint8Array(asked[0]!.publicKey!.challenge as ArrayBuffer)]).toEqual([1, 2, 3]);
    expect([...new Uint8Array((asked[0]!.publicKey!.excludeCredentials as { id: ArrayBuffer }[])[0]!.id)]).toEqual([5]);
    expect(made).toMatchObject({ id: '-_8', rawId: '-_8', type: 'public-key', response: { clientDataJSON: 'AQ', attestationObject: 'Ag', transports: ['usb'] } });
  });

  it('asks_for_one_in_a_browser_without_the_helpers', async () => {
    const asked = oldBrowser({ clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null });
    const given = await askPasskey({ challenge: 'AQ', allowCredentials: [{ id: 'Bg', type: 'public-key' }] });
    expect([...new Uint8Array((asked[0]!.publicKey!.allowCredentials as { id: ArrayBuffer }[])[0]!.id)]).toEqual([6]);
    expect(given).toMatchObject({ response: { authenticatorData: 'Ag', signature: 'Aw' } });
  });

  it('says_what_to_do_when_the_window_was_closed_and_leaves_other_faults_alone', () => {
    expect((passkeyProblem(new DOMException('x', 'NotAllowedError')) as Error).message).toMatch(/try again/);
    const other = new Error('x');
    expect(passkeyProblem(other)).toBe(other);
  });
});
