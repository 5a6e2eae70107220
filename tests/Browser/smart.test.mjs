// A SMART app (fhirclient) in Chromium: standalone launch, sign-in, consent with a patient, reading, refreshing. Against a running Salus with sign-in and the demo hospital.
// Needs SALUS_URL; Salus has to allow the origin of the app (SALUS_APP_PORT, 9555 unless set) to call it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { sessionOf, signIn } from './accounts.mjs';
import { base, launch, openPage } from './browser.mjs';

const port = Number(process.env.SALUS_APP_PORT ?? 9555);
const demo = base ? (await (await fetch(`${base}/access/session`)).json()).demoAccounts?.find((account) => account.role === 'physician') : undefined;
const skip = base ? (demo ? false : 'this server has no demo accounts') : 'SALUS_URL is not set';

/** The library as a page loads it, from the packages of tests/Clients. */
const library = () => readFileSync(createRequire(new URL('../Clients/package.json', import.meta.url)).resolve('fhirclient/build/fhir-client.js'));

/** Serves the app's two files on a loopback address of its own: another origin than Salus. */
async function serveApp() {
  const files = { '/app.html': ['text/html', readFileSync(new URL('smart-app.html', import.meta.url))], '/fhir-client.js': ['text/javascript', library()] };
  const server = createServer((request, response) => {
    const [type, body] = files[new URL(request.url, 'http://app').pathname] ?? [];
    response.writeHead(body ? 200 : 404, { 'content-type': type ?? 'text/plain' });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function arrive(page) {
  await page.waitForURL('**/sign-in?**');
  await signIn(page, demo.userName, demo.password);
}

/** A patient in the care of the account: the one of a stay that it may see. */
async function inCare(browser) {
  const { page, context } = await openPage(browser, { width: 1280, height: 800 });
  await signIn(page, demo.userName, demo.password);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  assert.equal((await sessionOf(context)).account.userName, demo.userName);
  const found = await context.request.get('/fhir/Encounter?status=in-progress&_include=Encounter:patient&_count=1', { headers: { accept: 'application/fhir+json' } });
  const patient = (await found.json()).entry?.map((entry) => entry.resource).find((resource) => resource.resourceType === 'Patient');
  assert.ok(patient, 'the account has a patient in its care');
  await context.close();
  return patient;
}

/** The question: names the app, lists the scopes, and wants a patient. */
async function consent(page, patient, allow) {
  await page.waitForURL('**/consent?request=*');
  await page.getByText('Demo chart').first().waitFor();
  if (allow) {
    await page.getByRole('searchbox', { name: 'Which patient' }).fill(patient.name[0].family);
    await page.locator(`input[type=radio][value="${patient.id}"]`).check();
  }
  await page.getByRole('button', { name: allow ? 'Allow' : 'Refuse' }).click();
}

describe('a SMART app', { skip }, () => {
  let browser;
  let app;
  let patient;
  before(async () => {
    app = await serveApp();
    browser = await launch();
    patient = await inCare(browser);
  });
  after(async () => {
    await browser?.close();
    app?.close();
  });

  const open = async () => {
    const opened = await openPage(browser, { width: 1280, height: 800 });
    await opened.page.goto(`http://127.0.0.1:${port}/app.html?iss=${encodeURIComponent(`${base}/fhir`)}`);
    return opened;
  };
  const result = async (page, state) => {
    await page.waitForURL(`http://127.0.0.1:${port}/app.html**`);
    await page.locator('#state', { hasText: /ready|failed/ }).waitFor();
    const shown = JSON.parse(await page.locator('#result').innerText());
    assert.equal(await page.locator('#state').innerText(), state, JSON.stringify(shown));
    return shown;
  };

  it('is_launched_alone_reads_its_patient_and_refreshes', async () => {
    const { page, context } = await open();
    await arrive(page);
    await consent(page, patient, true);
    const shown = await result(page, 'ready');
    assert.equal(shown.patient, patient.id);
    assert.equal(shown.again, patient.id);
    assert.ok(shown.vitals > 0, 'it reads what was measured');
    assert.equal(shown.practitioners, 403, 'what it did not ask for is not there');
    assert.equal(shown.scope, 'openid fhirUser launch/patient offline_access patient/Patient.rs patient/Observation.rs');
    await context.close();
  });

  it('is_told_when_the_user_refuses', async () => {
    const { page, context } = await open();
    await arrive(page);
    await consent(page, patient, false);
    await result(page, 'failed');
    await context.close();
  });
});
