import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { connectLegacy, type LegacyClient } from '../support/legacy-client.ts';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

const WITHIN_MS = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let up: Program;
let browser: Browser;
let page: Page;
let xml: LegacyClient;
let web: WebClient;
const problems: string[] = [];

const address = (path = ''): string => `http://127.0.0.1:${up.ready['adminPort']}/operator${path}`;

beforeAll(async () => {
  folder = await temporaryFolder();
  const ports = { RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' };
  up = await startProgram(['up'], { RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', ...ports });
  const port = Number(up.ready['port']);
  xml = await connectLegacy(port);
  xml.send('<login u="enobrev" p="mypassword" />');
  xml.send('<room id="1" />');
  await xml.until('<msg from_id="0">*enobrev has entered');
  web = await connectWeb(port);
  await web.request({ type: 'login', user: 'ann', password: 'ann' });
  await web.request({ type: 'join', room: '1' });
  await web.request({ type: 'say', room: '1', text: 'The deadline is <b>Friday</b> & "final"' });
  browser = await startBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(WITHIN_MS);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error') problems.push(line.text());
  });
}, 240_000);

afterAll(async () => {
  await browser.close();
  xml.close();
  web.close();
  await up.stop();
  await folder.remove();
});

const see = (selector: string, text: string) =>
  vi.waitFor(async () => expect(await page.textContent(selector)).toContain(text), {
    timeout: WITHIN_MS,
    interval: 50,
  });

async function shoot(name: string): Promise<void> {
  const out = process.env['SCREENSHOTS'];
  if (out === undefined) return;
  await mkdir(out, { recursive: true });
  await page.screenshot({ path: join(out, `operator-${name}.png`), fullPage: true });
}

describe("the operator's pages", { timeout: 180_000 }, () => {
  it('show every room and who is in it, and keep up', async () => {
    await page.goto(address());
    await see('[data-live=rooms]', 'enobrev');
    await see('[data-live=rooms]', 'ann');
    await page.waitForSelector('[data-part=live]:visible');
    const mod = await connectWeb(Number(up.ready['port']));
    await mod.request({ type: 'login', user: 'mod', password: 'mod' });
    await mod.request({ type: 'join', room: '2' });
    await see('[data-live=rooms] li:nth-child(2)', 'mod');
    await shoot('rooms');
    mod.close();
    await see('[data-live=rooms] li:nth-child(2)', 'nobody is here');
  });

  it('show a room, as text, and what is said there now', async () => {
    await page.click('text=Lobby 1');
    await see('[data-live=talk]', 'The deadline is <b>Friday</b> & "final"');
    await web.request({ type: 'say', room: '1', text: 'and this just now' });
    await see('[data-live=talk]', 'and this just now');
    expect(await page.locator('.talk span b').count()).toBe(0);
    // Nobody is logged in: it can be looked at and nothing else.
    expect(await page.locator('form[method=post]').count()).toBe(0);
  });

  it('find what was said, and show what was said around it', async () => {
    await page.goto(address());
    await page.fill('#words', 'deadline');
    await page.press('#words', 'Enter');
    await see('.found', 'The deadline is');
    await shoot('search');
    await page.click('.found a');
    await see('.talk .here', 'The deadline is');
    await page.click('text=to the newest');
    await see('[data-live=talk]', 'and this just now');
  });

  it('give a transcript to take along', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('text=Download'),
    ]);
    expect(download.suggestedFilename()).toBe('room-1.html');
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toContain('The deadline is &#60;b&#62;Friday');
  });

  it('show the connections and the health of everything', async () => {
    await page.goto(address('/connections'));
    await see('table', 'compact');
    await see('table', 'json');
    await see('table', 'enobrev');
    await shoot('connections');
    await page.goto(address('/health'));
    await see('[data-live=health]', 'answers in');
    await see('[data-live=health]', 'everything');
    await see('[data-live=health]', 'acknowledged');
    expect(await page.locator('.fact.bad').count()).toBe(0);
    await shoot('health');
  });

  it('let only a moderator log in', async () => {
    for (const [user, password] of [
      ['mod', 'wrong'],
      ['ann', 'ann'],
    ] as const) {
      await logIn(user, password);
      await see('.told', 'no name and password of a moderator');
    }
    await shoot('login');
    // What Chromium itself says of a status is no problem of the page.
    problems.splice(0);
    await logIn('mod', 'mod');
    await see('.who', 'mod');
  });

  it('announce, mute, kick and ban, with the operator as author', async () => {
    await page.goto(address('/rooms/1'));
    await page.fill('#text', 'The server restarts at noon');
    await page.click('.announce button');
    await see('.told', 'Announced.');
    await xml.until('<msg from_id="0">The server restarts at noon');
    await see('[data-live=talk]', 'The server restarts at noon');
    await shoot('room');
    await act('ann', 'Mute');
    await see('.told', 'Muted.');
    expect(await web.until('member.muted')).toMatchObject({
      from: { id: '2', name: 'mod' },
      member: { name: 'ann' },
    });
    await page.click('summary');
    await page.fill('[name=user][inputmode]', '9');
    await page.fill('[name=reason]', 'sorry');
    await page.click('details button:has-text("Unmute")');
    await see('.told', 'Unmuted.');
    page.once('dialog', (dialog) => void dialog.accept());
    await act('enobrev', 'Ban');
    await see('.told', 'Banned.');
    await xml.until('<msg from_id="0">*enobrev was kicked');
    await act('ann', 'Kick');
    await see('.told', 'Kicked.');
    expect(await web.until('member.kicked')).toMatchObject({ from: { name: 'mod' } });
    await see('[data-live=people]', 'Nobody is here.');
  });

  it('tell a room again in another one, as fast as they say', async () => {
    const watcher = await connectWeb(Number(up.ready['port']));
    await watcher.request({ type: 'login', user: 'ann', password: 'ann' });
    await watcher.request({ type: 'join', room: '2' });
    await page.goto(address('/rooms/1'));
    await page.selectOption('form[action$="/replay"] [name=to]', '2');
    await page.selectOption('form[action$="/replay"] [name=speed]', '1');
    await page.click('form[action$="/replay"] button');
    await see('.told', 'The replay has begun.');
    await see('.replay', 'running');
    await page.click('.replay button:has-text("Pause")');
    await see('.told', 'Paused.');
    await see('.replay', 'paused');
    await shoot('replays');
    await page.selectOption('.replay [name=speed]', 'max');
    await page.click('.replay button:has-text("Set")');
    await see('.told', 'The speed is set.');
    await see('.replay', 'as fast as it goes');
    await page.click('.replay button:has-text("Go on")');
    const replayed = await watcher.until('notice.posted', ({ text }) =>
      String(text).includes('deadline'),
    );
    expect(replayed).toMatchObject({ room: '2', replayed: { room: '1', name: 'ann' } });
    expect(replayed['text']).toContain('The deadline is <b>Friday</b>');
    await see('.replay', 'ended');
    watcher.close();
  });

  // So slowly that it is not over before the next click, however busy the machine is.
  const SLOWLY = `document.querySelector('form[action$="/replay"] [name=speed]')
    .selectedOptions[0].value = '0.001'`;

  it('go back and forth in a replay, and end it', async () => {
    await page.goto(address('/rooms/1'));
    await page.selectOption('form[action$="/replay"] [name=to]', '2');
    await page.evaluate(SLOWLY);
    await page.click('form[action$="/replay"] button');
    await see('.replay', 'running');
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    await page.fill('.replay [name=time]', tomorrow);
    await page.click('.replay button:has-text("Go there")');
    await see('.replay', 'ended');
    await page.goto(address('/rooms/1'));
    await page.selectOption('form[action$="/replay"] [name=to]', '2');
    await page.evaluate(SLOWLY);
    await page.click('form[action$="/replay"] button');
    await page.click('.replay button:has-text("Stop")');
    await see('.told', 'Stopped.');
    await see('.replay', 'stopped');
  });

  it('fit a phone, and the dark', async () => {
    for (const [name, width, colorScheme] of [
      ['dark', 1280, 'dark'],
      ['phone', 390, 'light'],
      ['phone-dark', 390, 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 860 });
      for (const [path, where] of [
        ['', 'rooms'],
        ['/rooms/1', 'room'],
        ['/connections', 'connections'],
        ['/replays', 'replays'],
        ['/health', 'health'],
      ] as const) {
        await page.goto(address(path));
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect(wide, `${where} ${name}`).toBeLessThanOrEqual(width);
        await shoot(`${where}-${name}`);
      }
    }
  });

  it('log out', async () => {
    await page.goto(address());
    await page.click('text=Log out');
    await see('.who', 'Log in');
  });

  it('meet no problem, and nothing that the policy forbids', () => {
    expect(problems).toEqual([]);
  });
});

async function logIn(user: string, password: string): Promise<void> {
  await page.goto(address('/login'));
  await page.fill('[name=user]', user);
  await page.fill('[name=password]', password);
  await page.click('main button');
}

async function act(name: string, verb: string): Promise<void> {
  await page.click(`.people li:has-text("${name}") button:has-text("${verb}")`);
}
