// Chromium for the tests: a fresh profile per run, and a page that remembers every console error and policy violation.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export const base = (process.env.SALUS_URL ?? '').replace(/\/$/, '');

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

function executable() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium found. Install the package `chromium`, or name the program in CHROMIUM.');
  return found;
}

export async function launch() {
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: executable(), args: [...flags, ...sandbox] });
}

/** A page in a context of its own. `complaints` fills with console errors, page errors and CSP violations. */
export async function openPage(browser, { width, height, colorScheme = 'light', timezoneId = 'UTC' }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, timezoneId, baseURL: base });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  await page.exposeFunction('reportViolation', (text) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return { page, context, complaints };
}

/** Serious and critical findings, each with the element it is about; of these rules alone, when they are named. Run through evaluate: a script tag would break the page's policy. */
export async function findings(page, rules) {
  await page.evaluate(axe);
  const result = await page.evaluate((only) => window.axe.run(document, { resultTypes: ['violations'], ...(only && { runOnly: only }) }), rules);
  return result.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')} ${node.failureSummary}`));
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Both sizes of UI.md. Each page is looked at in both colours: see looksRight. */
export const sizes = { '1280x800': { width: 1280, height: 800 }, '390x844': { width: 390, height: 844 } };

/**
 * Nothing serious to find, and nothing sticks out to the side: in light colours, and what depends on colours in dark ones too, on the same page. Leaves it light.
 * @param name of the pictures, for whom SALUS_SCREENS names a folder
 */
export async function looksRight(page, where, name) {
  assert.deepEqual(await findings(page), [], `${where}: serious accessibility findings`);
  assert.ok((await overflow(page)) <= 0, `${where}: nothing sticks out to the side`);
  await picture(page, `${name}-light`);
  const surface = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await surface();
  await page.emulateMedia({ colorScheme: 'dark' });
  // What fades from one colour to the other has no honest contrast on its way.
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before && document.getAnimations().length === 0, light);
  assert.deepEqual(await findings(page, ['color-contrast']), [], `${where}, dark: serious accessibility findings`);
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor === before, light);
}

export const picture = (page, name) => process.env.SALUS_SCREENS && page.screenshot({ path: `${process.env.SALUS_SCREENS}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png` });

export const settled = (page) => page.waitForFunction(() => !/Loading |loading…/.test(document.querySelector('main')?.textContent ?? 'loading…'), undefined, { timeout: 30_000 });

export async function fhir(path) {
  const response = await fetch(`${base}/fhir/${path}`, { headers: { accept: 'application/fhir+json' } });
  if (!response.ok) throw new Error(`GET /fhir/${path} answered ${response.status}`);
  return response.json();
}

/** A patient with a name and vital signs to draw, looked for among the first thirty. No name is known beforehand. */
export async function somePatient() {
  const bundle = await fhir('Patient?_count=30');
  const patients = (bundle.entry ?? []).map((entry) => entry.resource).filter((resource) => resource?.name?.[0]?.family);
  if (patients.length === 0) throw new Error('The record holds no patient with a name: import some or start the demo hospital first.');
  for (const patient of patients) {
    const vitals = await fhir(`Observation?patient=${patient.id}&category=vital-signs&_count=3`);
    if ((vitals.entry ?? []).length === 3) return patient;
  }
  throw new Error('None of the first thirty patients has three vital signs.');
}
