import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Draft } from '../../src/core/decide.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Past, writePast } from '../support/past.ts';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';

const ANN = { id: '9', name: 'ann' };
const BOB = { id: '31', name: 'bob' };
const SYSTEM = { id: '0', name: 'system' };
const said = (from: typeof ANN, text: string): Draft => ({
  ...{ type: 'message.posted', from, text, via: 'xml' },
});

/** A meeting in March, in a room that others talked in before and after. */
const PAST: Past = [
  ['2026-02-20T09:00:00Z', { type: 'room.created', from: SYSTEM, name: 'Project', via: 'nats' }],
  ['2026-02-27T09:00:00Z', said(ANN, 'No deadline yet.')],
  ['2026-03-12T14:00:00Z', { type: 'member.entered', from: ANN, member: ANN, via: 'xml' }],
  ['2026-03-12T14:00:01Z', { type: 'member.entered', from: BOB, member: BOB, via: 'json' }],
  ['2026-03-12T14:00:03Z', said(ANN, 'Shall we begin?')],
  ['2026-03-12T14:00:08Z', said(BOB, 'The DEADLINE is the 20th of April.')],
  ['2026-03-12T14:00:12Z', said(ANN, 'So it is agreed.')],
  ['2026-03-12T14:00:14Z', { type: 'member.left', from: BOB, member: BOB, via: 'json' }],
  ['2026-03-12T14:00:15Z', { type: 'member.left', from: ANN, member: ANN, via: 'xml' }],
  ['2026-04-20T18:00:00Z', said(ANN, 'We have missed the deadline.')],
];

let nats: TestNatsServer;
let folder: { path: string; remove: () => Promise<void> };
let core: Program;
let env: Record<string, string>;

beforeAll(async () => {
  nats = await startNatsServer();
  folder = await temporaryFolder();
  await writePast(nats.url, 'project', 'Project', PAST);
  env = { RELAY_NATS_URL: nats.url };
  core = await startProgram(['core'], { ...env, RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' });
});

afterAll(async () => {
  await core.stop();
  await nats.stop();
  await folder.remove();
});

describe('months after a meeting', () => {
  it('one finds who said "deadline" in March', async () => {
    const march = ['--since', '2026-03', '--until', '2026-04'];
    const found = await run('search', 'deadline', ...march);
    expect(found).toMatch(
      /^project:\d+: \[2026-03-12 14:00:08\] <bob> The DEADLINE is the 20th of April\.\n$/,
    );
    const seq = /^project:(\d+):/.exec(found)?.[1] ?? '';
    expect(await run('history', 'project', '--around', seq, '--limit', '3')).toBe(
      [
        '[2026-03-12 14:00:03] <ann> Shall we begin?',
        '[2026-03-12 14:00:08] <bob> The DEADLINE is the 20th of April.',
        '[2026-03-12 14:00:12] <ann> So it is agreed.\n',
      ].join('\n'),
    );
    const json = JSON.parse(await run('search', 'DEADLINE', ...march, '--json', '--context', '1'));
    expect(json).toMatchObject({ room: 'project', seq: Number(seq), from: BOB });
    expect(json.before).toMatchObject([{ text: 'Shall we begin?' }]);
    expect(json.after).toMatchObject([{ text: 'So it is agreed.' }]);
  });

  it('one reads the context beside what was found', async () => {
    const found = await run('search', 'deadline', '--from', 'ann', '--context', '1');
    expect(found.replaceAll(/\d+([:-]) \[[^\]]+\]/g, '$1')).toBe(
      [
        'project-- * the room Project was made',
        'project:: <ann> No deadline yet.',
        'project-- * ann has entered',
        '--',
        'project-- * ann has left',
        'project:: <ann> We have missed the deadline.\n',
      ].join('\n'),
    );
  });

  it('one hands on a page of that meeting', async () => {
    const file = join(folder.path, 'meeting.html');
    const day = ['--since', '2026-03-12', '--until', '2026-03-13', '--tz', 'Europe/Paris'];
    await run('export', 'project', ...day, '--out', file);
    const page = await readFile(file, 'utf8');
    expect(page).toContain('<title>Project: transcript</title>');
    expect(page).toContain('Thursday');
    expect(page).toContain('>15:00:08</time>');
    expect(page.match(/class="said /g)).toHaveLength(3);
    expect(page).not.toContain('missed');
  });

  it('one proves that the log was not touched', async () => {
    expect(await run('verify', 'project')).toMatch(/^room project: 10 events, the chain is whole/);
  });
});

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}
