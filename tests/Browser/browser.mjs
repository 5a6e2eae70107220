// Chromium for the tests: a fresh profile per run, and a page that remembers every console error and policy violation.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const base = (process.env.SALUS_URL ?? '').replace(/\/$/, '');

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
