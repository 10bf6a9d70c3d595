import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vote } from '../../src/gate/vote.ts';
import { freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { startWorld, type World } from './world.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** What only a real browser shows: that its rules let our pages work, and that the script of the page follows. */
describe.skipIf(!CHROMIUM)('in Chromium', () => {
  let world: World;
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    world = await startWorld(await freshDatabase('postgres'));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await world.close();
  });

  async function signedIn(id: string, options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      timezoneId: 'Asia/Kolkata',
      locale: 'en-GB',
      ...options,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !/\b401\b/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${world.url}/requests/${id}`);
    await page.getByRole('button', { name: 'Sign in with Slack' }).click();
    await page.getByRole('link', { name: 'Ana' }).click();
    await page.getByRole('heading', { name: 'Run this?' }).waitFor();
    return page;
  }

  const deny = (requestId: string) =>
    vote(world.gate.deps, {
      requestId,
      voter: voterNamed('ben'),
      verdict: 'deny',
      reason: 'frozen',
      method: 'card',
    });

  it('follows the request, and keeps what somebody types', async () => {
    const id = await world.ask({ environment: 'payments' });
    const page = await signedIn(id);
    await page.getByText('Deny…').click();
    await page.getByLabel('In your words').fill('not before Mon');
    await page.getByLabel('Wrong time').check();
    const voter = voterNamed('ben');
    await vote(world.gate.deps, { requestId: id, voter, verdict: 'approve', reason: null, method: 'card' });
    await page.getByText('1 of 2: ben').waitFor();
    expect(await page.getByLabel('In your words').inputValue()).toBe('not before Mon');
    expect(await page.getByLabel('Wrong time').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page.getByText('Denied by Ana').waitFor();
    expect(await world.state(id)).toBe('denied');
    expect(complaints).toEqual([]);
  });

  it('shows a decision made elsewhere without a press', async () => {
    const id = await world.ask();
    const page = await signedIn(id);
    await deny(id);
    await page.getByText('Denied by ben').waitFor();
    expect(await page.getByRole('button', { name: /Approve/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('counts down, and tells the time where the reader is', async () => {
    const id = await world.ask();
    const page = await signedIn(id);
    await expect.poll(() => page.locator('.deadline .countdown').textContent()).toMatch(/^(9:5\d|10:00)$/);
    const moment = page.locator('.deadline time');
    const at = new Date((await moment.getAttribute('datetime')) ?? '');
    const inIndia = at.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'Asia/Kolkata',
    });
    expect(await moment.textContent()).toContain(inIndia);
    expect(await moment.getAttribute('title')).toContain('UTC');
  });

  it('approves without JavaScript', async () => {
    const id = await world.ask();
    const page = await signedIn(id, { javaScriptEnabled: false });
    await page.getByRole('button', { name: 'Approve on production' }).click();
    await page.getByText('Approved by Ana').waitFor();
    expect(await world.state(id)).toBe('approved');
  });

  it('fits a phone, whatever a caller writes', async () => {
    const wide = `${'x'.repeat(2000)}<img src=x onerror=alert(1)>`;
    const id = await world.ask({ argv: ['echo', wide], reason: wide, context: { job: wide.slice(0, 200) } });
    const page = await signedIn(id);
    const sizes = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect((sizes as number[])[0]).toBeLessThanOrEqual((sizes as number[])[1] as number);
    const heights = await page
      .getByRole('button')
      .evaluateAll((all) =>
        (all as unknown as { getBoundingClientRect(): { height: number } }[]).map(
          (one) => one.getBoundingClientRect().height,
        ),
      );
    expect(heights.filter((height) => height > 0 && height < 44)).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
