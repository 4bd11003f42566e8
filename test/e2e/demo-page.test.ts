import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

const WITHIN_MS = 60_000;
const TALK = '#web-chat [data-part=lines]';

let folder: { path: string; remove: () => Promise<void> };
let env: Record<string, string>;
let up: Program;
let browser: Browser;

const address = (): string => `http://127.0.0.1:${up.ready['port']}/`;

beforeAll(async () => {
  folder = await temporaryFolder();
  env = { RELAY_DATA_DIR: folder.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' };
  up = await startProgram(['up'], env);
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser.close();
  await up.stop();
  await folder.remove();
});

describe('the demo page', { timeout: 180_000 }, () => {
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    page = await openPage(problems);
    await page.goto(address());
    await theSwfHears('enobrev has entered');
  }, 180_000);

  afterAll(() => page.close());

  it('has ann in the web chat and enobrev in the SWF, in one room', async () => {
    await see('[data-part=members]', 'enobrev');
    await see('[data-part=members]', 'ann');
    await see('[data-part=status]', 'Connected');
    await see('[data-part=room]', 'Lobby 1');
  });

  it('carries what is typed in the web chat to the SWF, as text', async () => {
    const text = 'Hello <b>2004</b> & everybody 😀 <img src=x onerror=alert(1)>';
    await page.fill('#field', text);
    await page.press('#field', 'Enter');
    await theSwfHears(`ann: ${text}`);
    await see(TALK, text);
    expect(await page.locator(`${TALK} b, ${TALK} img`).count()).toBe(0);
    await see('#flash-wire', '<msg from_id="9">Hello &lt;b&gt;2004');
  });

  it('carries what the SWF says to the web chat', async () => {
    await page.evaluate(
      `document.querySelector('#flash-screen > *:not(p)').say('Hello from Flash')`,
    );
    await see(TALK, 'Hello from Flash');
    await theSwfHears('enobrev: Hello from Flash');
  });

  it('takes keys that are typed into the SWF', async () => {
    const box = await page.locator('#flash-screen').boundingBox();
    if (box === null) throw new Error('the SWF is not on the page');
    await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.946);
    await page.keyboard.type('typed by hand');
    await page.keyboard.press('Enter');
    await see(TALK, 'typed by hand');
  });

  it('says what it could not say', async () => {
    const mod = await connectWeb(Number(up.ready['port']));
    await mod.request({ type: 'login', user: 'mod', password: 'mod' });
    await mod.request({ type: 'join', room: '1' });
    await mod.request({ type: 'mute', room: '1', user: '9', seconds: 60 });
    await see(TALK, 'ann was muted');
    await page.fill('#field', 'nobody will read this');
    await page.press('#field', 'Enter');
    await see(`${TALK} .is-refused`, 'Not said: You are muted');
    await mod.request({ type: 'unmute', room: '1', user: '9' });
    await page.click(`${TALK} .is-refused button`);
    expect(await page.inputValue('#field')).toBe('nobody will read this');
    await page.fill('#field', '');
    mod.close();
  });

  it('had nothing to complain about', () => {
    expect(problems).toEqual([]);
  });

  it('looks like something at every size and in the dark', async () => {
    const pictures = process.env['SCREENSHOTS'] ?? join(folder.path, 'screenshots');
    await mkdir(pictures, { recursive: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 860 });
        const overflow = 'document.documentElement.scrollWidth - innerWidth';
        expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
        const path = join(pictures, `demo-${colorScheme}-${width}.png`);
        const picture = await page.screenshot({ path, fullPage: true });
        expect(picture.length).toBeGreaterThan(20_000);
      }
    }
  });

  it('finds both clients again after the relay was stopped and started', async () => {
    const samePort = String(up.ready['port']);
    await up.stop();
    await see('[data-part=status]', 'Reconnecting');
    await page.fill('#field', 'said while the relay was away');
    await page.press('#field', 'Enter');
    await see(`${TALK} .is-pending`, 'said while the relay was away');
    up = await startProgram(['up'], { ...env, RELAY_PORT: samePort });
    await theSwfHears('ann: said while the relay was away');
    await see('[data-part=members]', 'enobrev');
    const pending = page.locator(`${TALK} .is-pending`);
    await pending.first().waitFor({ state: 'detached', timeout: WITHIN_MS });
    const lines = await page.locator(`${TALK} .text`).allTextContents();
    expect(lines.filter((line) => line === 'said while the relay was away')).toHaveLength(1);
    expect(lines).toContain('Hello from Flash');
  });

  async function see(selector: string, text: string): Promise<void> {
    const there = page.locator(selector).filter({ hasText: text }).first();
    await there.waitFor({ timeout: WITHIN_MS });
  }

  async function theSwfHears(text: string): Promise<void> {
    const talk = `document.querySelector('#flash-screen > *:not(p)').talk()`;
    await vi.waitFor(async () => expect(await page.evaluate(talk)).toContain(text), PATIENTLY);
  }
});

describe('the demo page without demo accounts', { timeout: 180_000 }, () => {
  it('asks who it is', async () => {
    const own = await temporaryFolder();
    const relay = await startProgram(['up'], {
      ...{ RELAY_DATA_DIR: own.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_DEMO: '0' },
    });
    const problems: string[] = [];
    const page = await openPage(problems);
    await page.goto(`http://127.0.0.1:${relay.ready['port']}/`);
    await page.locator('[data-part=login]').waitFor({ timeout: WITHIN_MS });
    await page.fill('#name', 'nobody');
    await page.fill('#password', 'wrong');
    await page.press('#password', 'Enter');
    await page
      .locator('[data-part=loginProblem]')
      .getByText('Login Problem')
      .waitFor({ timeout: WITHIN_MS });
    expect(problems).toEqual([]);
    await page.close();
    await relay.stop();
    await own.remove();
  });
});

async function openPage(problems: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('response', (answer) => {
    if (answer.status() >= 400) problems.push(`${answer.status()} ${answer.url()}`);
  });
  return page;
}

const PATIENTLY = { timeout: WITHIN_MS, interval: 200 };
