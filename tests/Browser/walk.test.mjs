// One person's walk through the application, against a running Salus that holds at least one patient.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { base, launch, looksRight, openPage, settled, sizes, somePatient } from './browser.mjs';

const { '1280x800': desktop, '390x844': phone } = sizes;

describe('web application', { skip: base ? false : 'SALUS_URL is not set' }, () => {
  let browser;
  let patient;
  before(async () => {
    patient = await somePatient();
    browser = await launch();
  });
  after(() => browser?.close());

  it('finds_a_patient_by_name_and_opens_the_chart_by_keyboard', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    const name = patient.name?.[0]?.family;
    assert.ok(name, 'the patient has a family name');
    await page.goto('/system');
    await page.getByRole('heading', { name: 'System' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: 'Patients' }).waitFor();
    // Once from the page and once from the field, which has the focus at the start: it must not be typed into it.
    await page.keyboard.press('/');
    await page.locator('main').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('/');
    await page.keyboard.type(`${name} ${patient.birthDate ?? ''}`.trim());
    const link = page.locator(`a[data-row-link][href="/patients/${patient.id}"]`);
    // Rows of what was typed before take no keys.
    await page.locator('main [data-stale]').waitFor({ state: 'detached' });
    await link.waitFor();
    assert.match(await page.evaluate(() => window.location.search), /q=/, 'the address holds the query');
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 50 && !(await link.evaluate((a) => a === document.activeElement)); i++) await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/patients/${patient.id}`);
    const banner = page.locator(`header[data-patient="${patient.id}"]`);
    await banner.waitFor();
    assert.ok((await banner.innerText()).includes(name.toLocaleUpperCase()), 'the banner shows the family name in capitals');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('shows_trend_charts_with_ink_on_them_and_a_table_of_the_same', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    await page.goto(`/patients/${patient.id}/vitals?range=all`);
    const canvas = page.locator('[role=img] canvas').first();
    await canvas.waitFor();
    await settled(page);
    const ink = await canvas.evaluate((c) => {
      const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
      let painted = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
      return painted;
    });
    assert.ok(ink > 200, `the first chart is drawn (${ink} pixels)`);
    assert.match(await page.locator('[role=img]').first().getAttribute('aria-label'), /\d+ readings from/);
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('table', { name: /Vital signs/ }).waitFor();
    assert.match(page.url(), /view=table/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('shows_the_raw_resource_and_closes_it_with_escape', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    await page.goto(`/patients/${patient.id}`);
    await page.getByRole('button', { name: 'Show the record of this patient' }).click();
    const json = page.getByRole('region', { name: 'Resource as JSON' });
    await json.waitFor();
    assert.equal(JSON.parse(await json.innerText()).id, patient.id);
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: /^Version / }).first().waitFor();
    await page.keyboard.press('Escape');
    await json.waitFor({ state: 'detached' });
    assert.ok(!page.url().includes('resource='), 'the address no longer names the resource');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('shows_the_counts_of_the_record_on_the_system_page', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    await page.goto('/system');
    const row = page.getByRole('table', { name: /resources by type/ }).getByRole('row', { name: /^Patient / });
    await row.waitFor();
    assert.match(await row.innerText(), /[1-9]/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('evaluates_an_expression_on_a_stored_resource_and_underlines_an_error', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    await page.goto('/system');
    await page.getByRole('heading', { name: 'System' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('heading', { name: 'FHIRPath' }).waitFor();
    await page.getByLabel('Resource of the record').fill(`Patient/${patient.id}`);
    await page.getByRole('button', { name: 'Load' }).click();
    const expression = page.getByLabel('Expression', { exact: true });
    await expression.fill('name.first().family');
    const row = page.getByRole('table', { name: 'Items of the result' }).getByRole('row', { name: new RegExp(patient.name[0].family) });
    await row.waitFor();
    assert.match(await row.innerText(), /string[^]*Patient\.name\[0\]\.family/, 'type and place are shown');
    await expression.fill('name.famly');
    const mark = page.locator('mark[data-error]');
    await mark.waitFor();
    assert.equal(await mark.innerText(), 'famly');
    await page.waitForFunction(() => window.location.search.includes('famly') && window.location.search.includes('on=Patient'));
    await page.reload();
    await mark.waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('keeps_the_dark_scheme_over_a_reload', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    const scheme = () => page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));
    await page.goto('/patients');
    await page.getByRole('button', { name: 'Switch to dark mode' }).click();
    assert.equal(await scheme(), 'dark');
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light mode' }).waitFor();
    assert.equal(await scheme(), 'dark');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('says_so_when_there_is_no_such_page_or_patient', async () => {
    const { page, context } = await openPage(browser, desktop);
    await page.goto('/nowhere/at/all');
    await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
    await page.goto('/patients/no-such-patient-here');
    await page.getByRole('heading', { name: 'This patient is not in the record' }).waitFor();
    await context.close();
  });

  const screens = ['/patients', 'chart', 'chart/vitals', 'chart/vitals?view=table', 'chart/labs', 'chart/encounters', 'chart/problems', 'chart/medications', 'chart/allergies', 'chart/documents', 'chart?drawer', '/fhirpath', '/system'];
  for (const [size, viewport] of Object.entries(sizes)) {
    it(`is_accessible_and_does_not_overflow_at_${size}`, { timeout: 240_000 }, async () => {
      const { page, context, complaints } = await openPage(browser, viewport);
      for (const screen of screens) {
        const path = screen === 'chart?drawer' ? `/patients/${patient.id}?resource=Patient/${patient.id}` : screen.replace(/^chart/, `/patients/${patient.id}`);
        await page.goto(path);
        await page.locator('main h1').first().waitFor();
        await settled(page);
        // A drawer slides in for 300 ms; a half-faded one has no honest contrast.
        if (screen === 'chart?drawer') await page.waitForTimeout(600);
        await looksRight(page, screen, `${screen}-${size}`);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});
