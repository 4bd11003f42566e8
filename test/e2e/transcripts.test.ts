import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

const AWKWARD = '<img src=x onerror=alert(1)> & "so" on\nשלום';

let folder: { path: string; remove: () => Promise<void> };
let up: Program;
let env: Record<string, string>;
let ann: WebClient;

beforeAll(async () => {
  folder = await temporaryFolder();
  env = { RELAY_DATA_DIR: folder.path };
  up = await startProgram(['up'], {
    ...{ ...env, RELAY_DEMO: '1', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
    RELAY_RATE_LIMITS: 'off',
  });
  ann = await connectWeb(Number(up.ready['port']));
  await ann.request({ type: 'login', user: 'ann', password: 'ann' });
  await ann.request({ type: 'join', room: '1' });
  for (const text of ['one', 'two', AWKWARD, 'four', 'five']) await say(text);
  await ann.request({ type: 'whisper', to: '6', text: 'psst' });
});

afterAll(async () => {
  ann.close();
  await up.stop();
  await folder.remove();
});

describe('a page to hand on', () => {
  it('needs nothing but itself, shows what was said and prints', async () => {
    const file = join(folder.path, 'meeting.html');
    const done = await runProgram(['export', '1', '--out', file], env);
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' });
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      expect(await page.title()).toBe('Lobby 1: transcript');
      const said = page.locator('li.said');
      expect(await said.locator('p').allInnerTexts()).toEqual([
        ...['one', 'two', AWKWARD, 'four', 'five'],
      ]);
      expect(await said.first().locator('b').textContent()).toBe('ann');
      // The style is its own and is let in by its policy.
      expect(await page.locator('ol').first().evaluate(listStyle)).toBe('none');
      expect((await page.pdf()).subarray(0, 4).toString()).toBe('%PDF');
      expect(complaints).toEqual([]);
      expect(asked).toEqual([pathToFileURL(file).href]);
    } finally {
      await browser.close();
    }
  });

  it('is written whole or not at all', async () => {
    const file = join(folder.path, 'kept.md');
    await writeFile(file, 'what was there');
    const failed = await runProgram(['export', 'nowhere', '--out', file], env);
    expect(failed.code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe('what was there');
    expect((await runProgram(['export', '1', '--out', file], env)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toMatch(/^# Lobby 1\n/);
    expect((await readdir(folder.path)).filter((name) => name.includes('.part'))).toEqual([]);
    const nowhere = await runProgram(['export', '1', '--out', join(file, 'x.html')], env);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/x\.html cannot be written: .*\n$/);
  });
});

describe('history', () => {
  it('shows what was said around a place, and by whom', async () => {
    const all = await history('--json');
    const said = all.map((line) => JSON.parse(line)).filter(({ text }) => text !== undefined);
    const { seq } = said[2];
    const around = await history('--around', String(seq), '--limit', '3', '--json');
    expect(around.map((line) => JSON.parse(line).text)).toEqual(['two', AWKWARD, 'four']);
    const after = await history('--after', String(seq), '--limit', '1', '--from', 'ANN');
    expect(after).toEqual([expect.stringMatching(/^\[.*\] <ann> four$/)]);
    expect(await history('--from', 'enobrev')).toEqual([]);
  });

  it('has times of a zone', async () => {
    const [first = ''] = await history('--tz', 'Asia/Kathmandu', '--from', 'ann');
    expect(first).toMatch(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:45\] \* ann has entered$/);
    expect(await history('--tz', 'Asia/Kathmandu', '--since', '2090-01')).toEqual([]);
  });

  it('of a room that was removed is there', async () => {
    await runProgram(['rooms', 'add', 'gone', 'Gone Room'], env);
    await runProgram(['rooms', 'remove', 'gone'], env);
    const { stdout } = await runProgram(['history', 'gone', '--format', 'xml'], env);
    expect(stdout).toContain('<history room_id="gone" name="Gone Room">');
    expect(stdout).toContain('>*the room was closed</msg>');
    const all = await runProgram(['export', '--all', '--format', 'text'], env);
    expect(all.stdout).toContain('== Lobby 1 (room 1) ==');
    expect(all.stdout).toContain('== Gone Room (room gone) ==');
    expect(all.stdout).not.toContain('psst');
  });
});

async function say(text: string): Promise<void> {
  expect(await ann.request({ type: 'say', room: '1', text })).toMatchObject({ type: 'said' });
}

async function history(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(['history', '1', ...args], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

// Runs in the page.
function listStyle(element: { ownerDocument: { defaultView: unknown } }): string {
  const view = element.ownerDocument.defaultView as {
    getComputedStyle(of: unknown): { listStyleType: string };
  };
  return view.getComputedStyle(element).listStyleType;
}
