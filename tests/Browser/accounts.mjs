// Accounts for the tests, made as a hospital makes them: the first administrator with the code from the server's console, the others by invitation.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const password = 'correct horse battery staple 7';

/** The code of an authenticator app (RFC 6238, 30 s, 6 digits) for a Base32 secret; `ahead` counts steps, since a code works once. */
export function totp(secret, ahead = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/[\s=]/g, '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** What the server says of the session of a browser. */
export const sessionOf = async (context) => (await context.request.get('/access/session')).json();

/** A request as the pages send it, with the cookie and the antiforgery token of a browser. */
export async function ask(context, method, path, data) {
  const { antiforgery } = await sessionOf(context);
  const response = await context.request.fetch(path, { method, data, headers: { 'X-Salus-Antiforgery': antiforgery, accept: 'application/json' } });
  const text = await response.text();
  return { status: response.status(), body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}

/** The code that the server printed at its start. */
function firstRunCode() {
  assert.ok(process.env.SALUS_LOG, 'SALUS_LOG names the file with what the server printed');
  const found = /(?:[2-9A-Z]{5}-){4}[2-9A-Z]{5}/.exec(readFileSync(process.env.SALUS_LOG, 'utf8'));
  assert.ok(found, 'the server printed a code for the first administrator');
  return found[0];
}

/** Sets up the authenticator app that the page shows, keeps the recovery codes, and goes on. */
export async function enrol(page) {
  const secret = await page.locator('[data-secret]').innerText();
  await page.getByLabel('Code that the app shows').fill(totp(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  const list = page.getByRole('list', { name: 'Recovery codes' });
  await list.waitFor();
  const codes = await list.getByRole('listitem').allInnerTexts();
  assert.equal(codes.length, 10);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  return { secret, codes };
}

// What the administrator who is signed in gives as the password: of the demo it is another one.
let administrators = password;

/** Proves once more that the administrator is there: users are changed only within five minutes of that. */
export async function proveAgain(admin) {
  const proved = await ask(admin.context(), 'POST', '/access/reauthenticate', { password: administrators });
  assert.equal(proved.status, 204, JSON.stringify(proved.body));
}

/** Signs an administrator in: the demo hospital's, or the first one of an empty server. */
export async function administrator(page) {
  await page.goto('/');
  const session = await sessionOf(page.context());
  const demo = session.demoAccounts?.find((account) => /^administrator$/i.test(account.role));
  if (session.firstRun) {
    await page.waitForURL('**/first-run');
    await page.getByLabel('Code').fill(firstRunCode());
    await page.getByLabel('Your name').fill('Test Administrator');
    await page.getByLabel('User name').fill('test-administrator');
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('heading', { name: 'Set up a second factor' }).or(page.getByRole('navigation', { name: 'Main' })).waitFor();
    if ((await sessionOf(page.context())).pending === 'enrol') await enrol(page);
  } else {
    assert.ok(demo, 'the server has no account yet, or is a demo hospital');
    await signIn(page, demo.userName, demo.password);
    administrators = demo.password;
  }
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** An account with roles, by invitation; the link is taken up in a browser of its own. Returns its name for sign-in. */
export async function invited(browser, admin, baseURL, userName, roles, more = {}) {
  await proveAgain(admin);
  const made = await ask(admin.context(), 'POST', '/admin/access/users', { name: `Test ${userName}`, roles, ...more });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const context = await browser.newContext({ baseURL });
  const taken = await ask(context, 'POST', `/access${made.body.link}`, { userName, password });
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  await context.close();
  return { userName, id: made.body.user.id };
}

export async function signIn(page, userName, secret = password) {
  if (!page.url().includes('/sign-in')) await page.goto('/sign-in');
  await page.getByLabel('User name').fill(userName);
  await page.getByRole('textbox', { name: 'Password' }).fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
