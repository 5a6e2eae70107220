// Writes a picture of each screen: node screenshots.mjs <folder> [width]
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { base, launch, openPage, somePatient } from './browser.mjs';

const [folder, only] = process.argv.slice(2);
if (!folder || !base) {
  console.error('usage: SALUS_URL=http://127.0.0.1:8080 node screenshots.mjs <folder> [width]');
  process.exit(2);
}

const sizes = [
  { name: '1920', width: 1920, height: 1080 },
  { name: '1280', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
].filter((size) => !only || size.name === only);

const id = process.env.SALUS_PATIENT ?? (await somePatient()).id;
const screens = [
  ['patients', '/patients'],
  ['chart', `/patients/${id}`],
  ['vitals', `/patients/${id}/vitals`],
  ['labs', `/patients/${id}/labs`],
  ['problems', `/patients/${id}/problems`],
  ['documents', `/patients/${id}/documents`],
  ['drawer', `/patients/${id}?resource=Patient/${id}`],
  ['fhirpath', `/fhirpath?on=Patient/${id}&expression=${encodeURIComponent("name.where(use = 'official').given")}`],
  ['system', '/system'],
];

await mkdir(folder, { recursive: true });
const browser = await launch();
try {
  for (const size of sizes) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, context, complaints } = await openPage(browser, { ...size, colorScheme });
      for (const [name, path] of screens) {
        await page.goto(path);
        // The pages poll, so the network never falls idle for good; what counts is that no page still says it is loading.
        await page.locator('main h1').first().waitFor();
        await page.waitForFunction(() => !/Loading |loading…/.test(document.querySelector('main')?.textContent ?? ''), undefined, { timeout: 20_000 });
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(folder, `${name}-${size.name}-${colorScheme}.png`) });
      }
      await context.close();
      if (complaints.length > 0) console.error(`${size.name} ${colorScheme}:\n${complaints.join('\n')}`);
    }
  }
} finally {
  await browser.close();
}
console.log(`written to ${folder}`);
