// The ward wall, alerts, devices and live charts, against a running Salus without sign-in (SALUS_URL). SALUS_PROGRAM is the program, for a server of its own that is restarted.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { base, launch, looksRight, openPage, settled, sizes } from './browser.mjs';
import { network } from './proxy.mjs';
import { startServer } from './server.mjs';
import { get, makeWard, send, sendCurve, until, unwell } from './ward.mjs';

const { '1280x800': desktop, '390x844': phone } = sizes;
const tag = `w${Math.random().toString(36).slice(2, 8)}`;
const device = (n) => `SN-${tag}-${n}`;
const tile = (page, n, of = tag) => page.locator(`[data-bed="${of}-${n}"]`);
const order = (page) => page.locator('[data-bed]').evaluateAll((tiles) => tiles.map((li) => Number(li.dataset.bed.split('-').at(-1))));
const live = (page) => page.getByText('● Live').waitFor();
const stopped = (page) => page.getByRole('alert').filter({ hasText: 'Live data stopped' });
const alertOf = (page, n, of) => tile(page, n, of).getByRole('button', { name: /NEWS2 of 7 or more/ });
const openAlerts = async (n) => (await get(base, `/monitoring/alerts?patient=${tag}-${n}&status=open`)).filter((alert) => alert.rule === 'news2-high');

/** Counts what a page plays. */
const listenToSound = (page) =>
  page.addInitScript(() => {
    window.tones = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () {
      if (this.state === 'running') window.tones++;
      return make.call(this);
    };
  });

describe('monitoring', { skip: base ? false : 'SALUS_URL is not set' }, () => {
  let browser;
  let wall;
  before(async () => {
    await makeWard(base, tag, 6);
    browser = await launch();
    wall = await openPage(browser, desktop);
    await listenToSound(wall.page);
    await wall.page.goto(`/ward/${tag}`);
    await live(wall.page);
  });
  after(() => browser?.close());

  it('raises_an_alert_on_the_wall_when_a_patient_deteriorates_and_puts_the_bed_first', async () => {
    const { page } = wall;
    assert.deepEqual(await order(page), [1, 2, 3, 4, 5, 6]);
    await send(base, device(4), unwell);
    await alertOf(page, 4).waitFor();
    assert.equal((await order(page))[0], 4, 'the bed is the first of the wall');
    const bed = tile(page, 4);
    assert.equal(await bed.getAttribute('data-alarm'), 'high');
    // Without a colour: the number, the level and the priority in words, and a shape.
    assert.match(await bed.innerText(), /12[^]*HIGH[^]*▲[^]*NEWS2 of 7 or more/);
    assert.match(await alertOf(page, 4).innerText(), /high priority/i);
    assert.match(await page.locator('[data-announce=high]').innerText(), /NEWS2 of 7 or more, Bed 4/);
    await until(async () => (await openAlerts(4))[0]?.deliveredAt, 'the alert is noted as delivered');
  });

  it('sounds_only_after_somebody_switched_it_on', async () => {
    const { page } = wall;
    await page.getByText('Sound is off').waitFor();
    assert.equal(await page.evaluate(() => window.tones), 0, 'a high alert waits, and nothing sounds');
    await page.getByRole('button', { name: 'Turn the sound on' }).click();
    await page.getByText('Sounding: 1 high').waitFor();
    await page.waitForFunction(() => window.tones >= 10);
    await page.getByRole('button', { name: 'Turn the sound off' }).click();
    await page.getByText('Sound is off').waitFor();
  });

  it('acknowledges_from_the_inbox_by_keyboard_with_a_reason', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    await page.goto(`/alerts?ward=${tag}`);
    await live(page);
    const act = page.getByRole('button', { name: /^Act on NEWS2 of 7 or more, .*TESTWARD4/ });
    await act.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const reason = dialog.getByLabel('Reason');
    await reason.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    assert.match(await dialog.innerText(), /TESTWARD4, Ada, born 05-Mar-1954[^]*news2 is 12/i);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction(() => /^Act on/.test(document.activeElement?.getAttribute('aria-label') ?? ''));
    await page.keyboard.press('Enter');
    await reason.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    await page.keyboard.type('On my way');
    for (let i = 0; i < 20 && (await page.evaluate(() => document.activeElement?.textContent)) !== 'I have seen it'; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await until(async () => (await openAlerts(4))[0]?.status === 'acknowledged', 'the alert is acknowledged');
    assert.equal((await openAlerts(4))[0].reason, 'On my way');
    // The wall hears of it by itself.
    await alertOf(wall.page, 4).filter({ hasNotText: 'nobody yet' }).waitFor();
    assert.equal(await tile(wall.page, 4).getAttribute('data-alarm'), null);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('escalates_and_snoozes_from_the_wall', async () => {
    const { page } = wall;
    for (const [n, choose, button, seen] of [[2, 'Escalate', 'Pass it on', /passed on to/], [3, 'Snooze', 'Snooze it', /snoozed/]]) {
      await send(base, device(n), unwell);
      await alertOf(page, n).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(choose, { exact: true }).click();
      if (choose === 'Snooze') await dialog.getByLabel('For how long').selectOption('30');
      await dialog.getByRole('button', { name: 'Artefact or moved sensor' }).click();
      await dialog.getByRole('button', { name: button }).click();
      await dialog.waitFor({ state: 'detached' });
      await alertOf(page, n).filter({ hasText: seen }).waitFor();
    }
    assert.equal(await tile(page, 2).getAttribute('data-alarm'), 'high', 'who was passed on still waits for somebody');
    assert.equal(await tile(page, 3).getAttribute('data-alarm'), null, 'the snoozed one does not');
    assert.deepEqual(wall.complaints, []);
  });

  it('is_not_live_while_the_network_is_cut_and_shows_afterwards_what_happened_meanwhile_once', async () => {
    const net = await network(base);
    const { page, context } = await openPage(browser, desktop);
    try {
      await page.goto(`${net.url}/ward/${tag}`);
      await live(page);
      net.cut();
      await stopped(page).waitFor();
      assert.equal(await page.locator('[data-old]').count(), 1, 'the wall itself looks old');
      assert.equal(await page.getByText('● Live').count(), 0);
      await send(base, device(5), unwell);
      await until(async () => (await openAlerts(5)).length === 1, 'the alert is raised');
      assert.equal(await alertOf(page, 5).count(), 0);
      net.mend();
      await alertOf(page, 5).waitFor();
      await live(page);
      await stopped(page).waitFor({ state: 'detached' });
      // One of each: nothing of what came twice is there twice.
      const shown = page.getByRole('button', { name: /NEWS2 of 7 or more/ });
      assert.equal(await shown.count(), (await get(base, `/monitoring/wards/${tag}`)).beds.filter((bed) => bed.alerts.some((alert) => alert.rule === 'news2-high')).length);
      assert.equal((await openAlerts(5)).length, 1);
      assert.equal(await tile(page, 5).count(), 1);
    } finally {
      net.close();
      await context.close();
    }
  });

  it('is_not_live_either_when_the_network_falls_silent_without_an_error', async () => {
    const net = await network(base);
    const { page, context } = await openPage(browser, desktop);
    try {
      await page.goto(`${net.url}/ward/${tag}`);
      await live(page);
      net.silence();
      await stopped(page).waitFor();
      net.mend();
      await live(page);
      await stopped(page).waitFor({ state: 'detached' });
    } finally {
      net.close();
      await context.close();
    }
  });

  it('comes_back_by_itself_after_the_server_was_restarted', { skip: process.env.SALUS_PROGRAM ? false : 'SALUS_PROGRAM is not set', timeout: 120_000 }, async () => {
    const server = await startServer();
    const { page, context } = await openPage(browser, desktop);
    try {
      await makeWard(server.url, tag, 2);
      await page.goto(`${server.url}/ward/${tag}`);
      await live(page);
      await send(server.url, device(2), unwell);
      await alertOf(page, 2).waitFor();
      await server.stop();
      await stopped(page).waitFor();
      assert.ok(await alertOf(page, 2).isVisible(), 'what was known is shown as old');
      await server.start();
      await live(page);
      await stopped(page).waitFor({ state: 'detached' });
      assert.equal(await alertOf(page, 2).count(), 1);
      assert.match(await tile(page, 2).innerText(), /12[^]*HIGH/, 'the score is there again, from what was stored');
      await send(server.url, device(1), unwell);
      await alertOf(page, 1).waitFor();
    } finally {
      await context.close();
      await server.stop();
    }
  });

  it('pans_and_zooms_the_live_chart_of_a_patient', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    for (let i = 30; i > 0; i--) await send(base, device(1), { 'heart-rate': 60 + (i % 20) }, Date.now() - i * 60_000);
    await page.goto(`/patients/${tag}-1/live?span=1h`);
    await live(page);
    const chart = page.getByRole('region', { name: 'Heart rate' }).getByRole('img');
    await chart.waitFor();
    await settled(page);
    const span = () => {
      const query = new URL(page.url()).searchParams;
      return Date.parse(query.get('to')) - Date.parse(query.get('from'));
    };
    const box = await chart.boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    const zoomed = span();
    assert.ok(zoomed > 10 * 60_000 && zoomed < 40 * 60_000, `a drag over two fifths of an hour shows ${zoomed / 60_000} minutes`);
    const from = new URL(page.url()).searchParams.get('from');
    await page.getByRole('button', { name: 'Earlier' }).click();
    await page.waitForFunction((before) => new URL(location.href).searchParams.get('from') < before, from);
    assert.ok(Math.abs(span() - zoomed) < 1000, 'it moved and kept its width');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await until(() => span() < zoomed * 0.6, 'it shows half');
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.waitForFunction(() => !location.search.includes('from='));
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('saves_a_rule_and_says_which_field_is_wrong', async () => {
    const { page, context } = await openPage(browser, desktop);
    const before = (await get(base, '/monitoring/rules/desaturation')).when.atMost;
    await page.goto('/alerts/rules');
    await page.getByRole('button', { name: /^SpO2 of 8\d % or less/ }).click();
    const limit = page.getByLabel('This limit');
    await limit.fill('99');
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText(/clear/i).filter({ hasText: /limit|above|below|least|most/i }).first().waitFor();
    const stored = await get(base, '/monitoring/rules/desaturation');
    assert.equal(stored.when.atMost, before, 'nothing was stored');
    await limit.fill(String(before - 1));
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await until(async () => (await get(base, '/monitoring/rules/desaturation')).when.atMost === before - 1, 'the rule is stored');
    await page.reload();
    await page.getByRole('button', { name: /^SpO2 of 8\d % or less/ }).click();
    assert.equal(await page.getByLabel('This limit').inputValue(), String(before - 1));
    await context.close();
  });

  it('shows_on_the_page_of_devices_what_was_rejected_and_why', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    const answer = await send(base, device(6), { 'heart-rate': 1000 });
    assert.deepEqual([answer.rejected, answer.rejections[0].reason], [1, 'impossible']);
    await page.goto('/devices?show=rejected');
    const row = page.getByRole('row', { name: new RegExp(device(6)) });
    await row.waitFor();
    await row.getByRole('button', { name: 'Monitor 6' }).click();
    await page.getByText('impossible', { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('draws_the_curves_of_a_patient', async () => {
    const { page, context, complaints } = await openPage(browser, desktop);
    assert.deepEqual((await sendCurve(base, device(2))).waveforms, { stored: 1, duplicates: 0 });
    await page.goto(`/patients/${tag}-2/live`);
    await page.getByRole('heading', { name: 'Waveforms' }).waitFor();
    const canvas = page.getByRole('img', { name: /^ECG lead II, the last seconds/ });
    // More than the grid: pixels of the line's own colour.
    const drawn = () =>
      canvas.evaluate((element) => {
        const probe = document.createElement('canvas').getContext('2d');
        probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--series-1').trim();
        probe.fillRect(0, 0, 1, 1);
        const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
        const { data } = element.getContext('2d').getImageData(0, 0, element.width, element.height);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) found++;
        return found;
      });
    await until(async () => (await drawn()) > 200, 'the curve is drawn');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  const screens = ['/ward?choose', `/ward/${tag}`, `/alerts?ward=${tag}`, '/alerts/rules', '/alerts/burden', '/devices', `/patients/${tag}-4/live`, 'dialog'];
  for (const [size, viewport] of Object.entries(sizes)) {
    it(`is_accessible_and_does_not_overflow_at_${size}`, { timeout: 240_000 }, async () => {
      const { page, context, complaints } = await openPage(browser, viewport);
      for (const screen of screens) {
        if (screen.endsWith('/live')) await sendCurve(base, device(4));
        await page.goto(screen === 'dialog' ? `/ward/${tag}` : screen);
        await page.locator('main h1').first().waitFor();
        await settled(page);
        if (screen === 'dialog') {
          // Nobody has acted on that one: it is the first of its tile.
          await alertOf(page, 5).click();
          await page.getByRole('dialog').getByLabel('Reason').waitFor();
          // It fades in; a half-faded one has no honest contrast.
          await page.waitForFunction(() => document.getAnimations().length === 0 && getComputedStyle(document.querySelector('[role=dialog]')).opacity === '1');
        }
        await looksRight(page, screen, `${screen}-${size}`);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
});
