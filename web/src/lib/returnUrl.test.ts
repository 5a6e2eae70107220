import { describe, expect, it } from 'vitest';
import { leavesPages, safeReturn, signInPath } from './returnUrl';

describe('the address after sign-in', () => {
  it.each(['/patients', '/patients/1?resource=Patient/1', '/oauth/authorize?client_id=a&redirect_uri=https://b.example/c', '/a#b'])('follows_%s', (path) => {
    expect(safeReturn(path)).toBe(path);
  });

  it.each([
    undefined, null, '', 'patients', 'https://evil.example/', '//evil.example', '/\\evil.example', '/\\/evil.example', '\\\\evil.example', '/\t/evil.example', '/\n/evil.example',
    'javascript:alert(1)', ' //evil.example', '/./\\evil.example', '/.//evil.example', '/..//evil.example', '/a/..//evil.example', '/sign-in', '/sign-in?returnUrl=/x',
  ])('refuses_%s', (value) => {
    expect(safeReturn(value)).toBeUndefined();
  });

  it('does_not_take_a_longer_name_for_the_sign_in_page', () => {
    expect(safeReturn('/sign-in-report')).toBe('/sign-in-report');
  });

  it('knows_which_addresses_the_server_answers_itself', () => {
    expect(leavesPages('/oauth/authorize?x=1')).toBe(true);
    expect(leavesPages('/patients')).toBe(false);
  });

  it('leads_back_and_says_why', () => {
    expect(signInPath('/patients?q=a&b=c', 'ended')).toBe('/sign-in?why=ended&returnUrl=%2Fpatients%3Fq%3Da%26b%3Dc');
    expect(signInPath('/')).toBe('/sign-in');
  });
});
