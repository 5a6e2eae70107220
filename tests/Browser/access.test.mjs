// People who sign in, and what they may see, against a running Salus with sign-in on (SALUS_URL) whose console is kept in SALUS_LOG.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { administrator, ask, enrol, invited, password, proveAgain, sessionOf, signIn, totp } from './accounts.mjs';
import { base as given, findings, launch, looksRight, picture, sizes } from './browser.mjs';

// A passkey belongs to a name; an address of numbers has none.
const base = given.replace('127.0.0.1', 'localhost');
const on = base ? (await (await fetch(`${base}/access/session`, { headers: { accept: 'application/json' } })).json().catch(() => ({}))).signIn === true : false;
const skip = base ? (on ? false : 'sign-in is off on this server') : 'SALUS_URL is not set';
const tag = Math.random().toString(36).slice(2, 8);

const settled = (page) => page.waitForFunction(() => !/Loading |loading…/.test(document.body.textContent ?? ''), undefined, { timeout: 30_000 });
const rail = (page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0].trim()));
const shell = (page) => page.getByRole('navigation', { name: 'Main' }).waitFor();

describe('access', { skip }, () => {
  let browser;
  let admin;
  const people = {};
  const open = async (more = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'UTC', baseURL: base, ...more });
    return context.newPage();
  };
  const as = async (role, more) => {
    const page = await open(more);
    await signIn(page, people[role].userName);
    await shell(page);
    return page;
  };

  before(async () => {
    browser = await launch();
    admin = await open();
    await administrator(admin);
    for (const role of ['physician', 'nurse', 'operations-manager', 'analyst', 'executive', 'researcher']) people[role] = await invited(browser, admin, base, `${role}-${tag}`, [role]);
  });
  after(() => browser?.close());

  it('asks_for_sign_in_before_any_page_and_leads_back_to_it', async () => {
    const page = await open();
    const asked = [];
    page.on('request', (request) => /\/(fhir|admin)\//.test(request.url()) && asked.push(request.url()));
    await page.goto('/patients?q=a');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(asked, [], 'nothing of the record is asked for');
    await signIn(page, people.physician.userName);
    await page.waitForURL('**/patients?q=a');
    await page.context().close();
  });

  it('follows_no_return_address_of_another_server', async () => {
    const page = await open();
    await page.goto('/sign-in?returnUrl=%2F%2Fevil.example%2Fx');
    await signIn(page, people.physician.userName);
    await shell(page);
    assert.equal(new URL(page.url()).origin, base);
    await page.context().close();
  });

  it('keeps_no_token_where_scripts_could_read_it', async () => {
    const page = await as('physician');
    const stored = await page.evaluate(() => [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\n'));
    assert.doesNotMatch(stored, /salus(?!-color)|eyJ/i);
    await page.context().close();
  });

  it('says_the_same_for_a_wrong_password_and_an_unknown_user', async () => {
    const page = await open();
    const texts = [];
    for (const name of [people.physician.userName, `nobody-${tag}`]) {
      await signIn(page, name, 'not the password at all');
      texts.push(await page.getByRole('alert').innerText());
      await page.reload();
    }
    assert.equal(texts[0], texts[1]);
    assert.match(texts[0], /wrong/);
    await page.context().close();
  });

  const rails = {
    physician: ['Ward', 'Patients', 'Alerts', 'Devices', 'FHIRPath'],
    nurse: ['Ward', 'Patients', 'Alerts', 'Devices', 'FHIRPath'],
    'operations-manager': ['Patients', 'Alerts', 'Devices', 'FHIRPath'],
    analyst: ['FHIRPath'],
    researcher: ['Patients', 'FHIRPath'],
    executive: [],
  };
  for (const [role, expected] of Object.entries(rails)) {
    it(`shows_the_${role}_only_the_pages_of_the_role`, async () => {
      const page = await as(role);
      assert.deepEqual(await rail(page), expected);
      await page.goto('/users');
      await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor();
      await page.context().close();
    });
  }

  it('shows_the_administrator_what_administrators_do_and_no_patients', async () => {
    assert.deepEqual(await rail(admin), ['Alerts', 'Devices', 'FHIRPath', 'System', 'Access']);
  });

  it('signs_in_with_the_keyboard_alone', async () => {
    const page = await open();
    await page.goto('/sign-in');
    await page.getByLabel('User name').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'username');
    await page.keyboard.type(people.nurse.userName);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await shell(page);
    await page.context().close();
  });

  it('invites_somebody_who_then_chooses_a_password', async () => {
    await proveAgain(admin);
    await admin.goto('/users');
    await admin.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(`Invited ${tag}`);
    await dialog.getByRole('checkbox', { name: 'researcher' }).check();
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await dialog.locator('[data-one-time-link]').innerText();
    const page = await open();
    await page.goto(link);
    await page.getByRole('heading', { name: `Welcome, Invited ${tag}` }).waitFor();
    assert.deepEqual(await findings(page), []);
    await page.getByLabel('User name').fill(`invited-${tag}`);
    await page.getByRole('textbox', { name: 'New password' }).fill(password);
    await page.getByRole('button', { name: 'Take up the account' }).click();
    await shell(page);
    const again = await open();
    await again.goto(link);
    await again.getByRole('heading', { name: 'This link leads nowhere any more' }).waitFor();
    await page.context().close();
    await again.context().close();
  });

  it('sets_up_an_authenticator_app_and_asks_for_its_code_at_the_next_sign_in', async () => {
    const user = await invited(browser, admin, base, `totp-${tag}`, ['researcher']);
    const page = await open();
    await signIn(page, user.userName);
    await shell(page);
    await page.goto('/account');
    await page.getByRole('button', { name: 'Set up' }).click();
    const { secret, codes } = await enrol(page);
    await page.getByText('On', { exact: true }).waitFor();
    const other = await open();
    await signIn(other, user.userName);
    await other.getByLabel('Code of your authenticator app').fill('000000');
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.getByRole('alert').waitFor();
    assert.deepEqual(await findings(other), []);
    await other.getByLabel('Code of your authenticator app').fill(totp(secret, 1));
    await other.getByRole('button', { name: 'Continue' }).click();
    await shell(other);
    const third = await open();
    await signIn(third, user.userName);
    await third.getByRole('button', { name: 'Use a recovery code' }).click();
    await third.getByLabel('Recovery code').fill(codes[0]);
    await third.getByRole('button', { name: 'Continue' }).click();
    await shell(third);
    for (const p of [page, other, third]) await p.context().close();
  });

  it('signs_in_with_a_passkey', async () => {
    const user = await invited(browser, admin, base, `passkey-${tag}`, ['researcher']);
    const page = await open();
    // The browser here hands a passkey over as soon as the user name's field asks for it, before anybody can press the button: each has its turn.
    await page.addInitScript(() => {
      const available = PublicKeyCredential.isConditionalMediationAvailable.bind(PublicKeyCredential);
      PublicKeyCredential.isConditionalMediationAvailable = async () => sessionStorage.getItem('field asks') === 'yes' && (await available());
    });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    const signOut = async () => {
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    };
    await signIn(page, user.userName);
    await shell(page);
    await page.goto('/account');
    await page.getByLabel('Name of the new passkey').fill('Test key');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('table', { name: 'Passkeys' }).getByText('Test key').waitFor();
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    assert.equal(credentials.length, 1);
    await signOut();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await shell(page);
    assert.equal((await sessionOf(page.context())).account.userName, user.userName);
    await page.evaluate(() => sessionStorage.setItem('field asks', 'yes'));
    const answered = page.waitForResponse('**/access/sign-in/passkey');
    await signOut();
    assert.equal((await answered).status(), 200);
    await shell(page);
    assert.equal((await sessionOf(page.context())).account.userName, user.userName);
    await page.context().close();
  });

  it('ends_a_session_from_another_browser_and_says_so_there', async () => {
    const here = await as('nurse');
    const there = await as('nurse');
    await there.goto('/fhirpath');
    await there.getByRole('heading', { name: 'FHIRPath' }).waitFor();
    await here.goto('/account');
    await here.getByRole('button', { name: 'End all others' }).click();
    await here.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' });
    await there.getByLabel('Expression', { exact: true }).fill('name.given');
    await there.getByText(/Your session has ended/).waitFor();
    assert.match(there.url(), /returnUrl=%2Ffhirpath/);
    await shell(here);
    for (const page of [here, there]) await page.context().close();
  });

  it('signs_out_in_all_tabs_and_shows_nothing_when_one_goes_back', async () => {
    const page = await as('physician');
    const tab = await page.context().newPage();
    await tab.goto('/patients');
    await shell(tab);
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.context().close();
  });

  it('refuses_a_change_without_the_antiforgery_token', async () => {
    const page = await as('physician');
    const response = await page.context().request.delete('/access/account/sessions');
    assert.equal(response.status(), 403);
    await page.context().close();
  });

  it('opens_a_closed_record_in_an_emergency_and_the_privacy_officer_reviews_it', async (t) => {
    const officer = await invited(browser, admin, base, `officer-${tag}`, ['privacy-officer']);
    const watch = await open();
    await signIn(watch, officer.userName);
    if ((await watch.getByRole('heading', { name: 'Set up a second factor' }).or(watch.getByRole('navigation', { name: 'Main' })).first().innerText()).includes('Set up')) await enrol(watch);
    await shell(watch);
    const { entry = [] } = await (await watch.context().request.get('/fhir/Patient?_count=1', { headers: { accept: 'application/fhir+json' } })).json();
    if (entry.length === 0) return t.skip('the record holds no patient');
    const patient = entry[0].resource;
    const page = await as('physician');
    await page.goto(`/patients/${patient.id}`);
    await page.getByText('This record is closed to you.').waitFor();
    await picture(page, 'closed-record');
    assert.deepEqual(await findings(page), [], 'the closed record');
    await page.getByRole('button', { name: 'Emergency access' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(patient.name[0].family.toLocaleUpperCase()).waitFor();
    await dialog.getByText(/born/).waitFor();
    assert.ok(await dialog.getByRole('button', { name: 'Open this record' }).isDisabled(), 'without a reason it cannot be opened');
    await dialog.getByLabel(/^Emergency:/).check();
    assert.deepEqual(await findings(page), [], 'the dialog');
    await picture(page, 'emergency-dialog');
    await dialog.getByRole('button', { name: 'Open this record' }).click();
    const banner = page.locator(`[data-break-glass="${patient.id}"]`);
    const again = dialog.getByLabel('Your password');
    await again.or(banner).first().waitFor();
    if (await again.isVisible()) {
      await again.fill(password);
      await dialog.getByRole('button', { name: 'Confirm' }).click();
    }
    await banner.waitFor();
    await page.locator(`header[data-patient="${patient.id}"]`).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await settled(page);
    assert.match(await banner.innerText(), /\d+:\d\d left/);
    await picture(page, 'emergency-banner');
    await watch.goto('/emergency');
    await watch.locator('[data-open-reviews]').waitFor();
    await watch.getByRole('button', { name: new RegExp(`Test ${people.physician.userName}`) }).first().click();
    await watch.getByRole('link', { name: /^[1-9]\d* access(es)?, in the audit trail/ }).waitFor();
    await watch.getByText(/^Still open\./).waitFor();
    await banner.getByRole('button', { name: 'End now' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('This record is closed to you.').waitFor();
    await watch.reload();
    await watch.getByRole('button', { name: new RegExp(`Test ${people.physician.userName}`) }).first().click();
    await watch.getByLabel('Justified', { exact: true }).check();
    await watch.getByLabel('What the verdict rests on').fill('The patient was in danger.');
    assert.deepEqual(await findings(watch), [], 'the queue');
    await picture(watch, 'emergency-queue');
    await watch.getByRole('button', { name: 'Give the verdict' }).click();
    await watch.getByRole('button', { name: 'Give the verdict' }).waitFor({ state: 'detached' });
    await watch.goto('/emergency?state=judged');
    await watch.getByText('Justified').first().waitFor();
    await page.context().close();
    people.officer = officer;
    people.watch = watch;
    people.seen = patient.id;
  });

  it('finds_the_emergency_in_the_audit_trail', async (t) => {
    if (!people.watch) return t.skip('no record was opened in an emergency');
    const { status } = await ask(people.watch.context(), 'GET', '/admin/access/audit?count=1');
    if (status === 404) return t.skip('this server has no search of the audit trail');
    await people.watch.goto(`/audit?patient=${people.seen}&kind=breakGlass`);
    await people.watch.getByRole('table', { name: /audit trail/ }).getByText(`Test ${people.physician.userName}`).first().waitFor();
    await people.watch.getByRole('table', { name: /audit trail/ }).getByRole('button').first().click();
    await people.watch.getByText('From address').waitFor();
    assert.deepEqual(await findings(people.watch), []);
  });

  it('asks_a_person_before_an_app_gets_anything', async (t) => {
    if ((await ask(admin.context(), 'GET', '/admin/access/clients')).status === 404) return t.skip('this server has no apps');
    await admin.goto('/apps');
    await admin.getByRole('button', { name: 'Register an app' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name').fill(`App ${tag}`);
    await dialog.getByLabel('Redirect addresses').fill(`${base}/fhirpath`);
    await dialog.getByLabel('Scopes').fill('openid fhirUser user/Practitioner.rs');
    await dialog.getByRole('button', { name: 'Register', exact: true }).click();
    const client = (await dialog.locator('p').filter({ hasText: /^[A-Za-z0-9-]{8,}$/ }).first().innerText()).trim();
    const page = await as('physician');
    const query = new URLSearchParams({ response_type: 'code', client_id: client, redirect_uri: `${base}/fhirpath`, scope: 'openid fhirUser user/Practitioner.rs', state: 'st', aud: `${base}/fhir`, code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
    await page.goto(`/oauth/authorize?${query}`);
    await page.getByRole('heading', { name: `App ${tag} asks for access` }).waitFor();
    assert.deepEqual(await findings(page), []);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/fhirpath\?.*code=/);
    assert.equal(new URL(page.url()).searchParams.get('state'), 'st');
    await page.goto('/account');
    await page.getByRole('table', { name: 'Apps I have allowed' }).getByText(`App ${tag}`).waitFor();
    await page.context().close();
  });

  const screens = { admin: ['/users', '/permissions', '/apps', '/account', '/system'], physician: ['/patients', '/account', '/users'], officer: ['/audit', '/emergency', '/permissions'] };
  for (const [size, viewport] of Object.entries(sizes)) {
    it(`is_accessible_and_does_not_overflow_at_${size}`, { timeout: 240_000 }, async () => {
      for (const [who, paths] of Object.entries(screens)) {
        const from = { admin, physician: undefined, officer: people.watch }[who];
        if (who === 'officer' && !from) continue;
        const page = from ? await open({ viewport, storageState: await from.context().storageState() }) : await as(who, { viewport });
        for (const path of paths) {
          await page.goto(path);
          await page.locator('main h1').first().waitFor();
          await settled(page);
          await looksRight(page, path, `${who}${path}-${size}`);
        }
        await page.context().close();
      }
      const page = await open({ viewport });
      await page.goto('/sign-in');
      await page.getByLabel('User name').waitFor();
      await looksRight(page, 'sign-in', `sign-in-${size}`);
      await page.context().close();
    });
  }
});
