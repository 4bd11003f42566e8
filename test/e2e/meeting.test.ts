import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Draft } from '../../src/core/decide.ts';
import { connectLegacy } from '../support/legacy-client.ts';
import { eventually } from '../support/log.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Past, writePast } from '../support/past.ts';
import {
  type Program,
  runProgram,
  startCommand,
  startProgram,
  temporaryFolder,
} from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

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
let relay: Program;
let env: Record<string, string>;

beforeAll(async () => {
  nats = await startNatsServer();
  folder = await temporaryFolder();
  env = { RELAY_NATS_URL: nats.url };
  core = await startProgram(['core'], { ...env, RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' });
  // After the sample data, which only an empty store gets.
  await writePast(nats.url, 'project', 'Project', PAST);
  relay = await startProgram(['relay'], { ...env, RELAY_ADMIN_PORT: '0', RELAY_PORT: '0' });
});

afterAll(async () => {
  await relay.stop();
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

  it('one replays it at 10x into room 2, and an old client watches', async () => {
    const xml = await connectLegacy(Number(relay.ready['port']));
    xml.send('<login u="enobrev" p="mypassword" />');
    await xml.until('<rooms');
    xml.send('<room id="2" uid="6">');
    await xml.until('<msg from_id="0">*enobrev has entered');
    const web = await connectWeb(Number(relay.ready['port']));
    await web.request({ type: 'login', user: 'mod', password: 'mod' });
    await web.request({ type: 'join', room: '2' });
    await xml.until('<msg from_id="0">*mod has entered');
    const day = ['--since', '2026-03-12', '--until', '2026-03-13'];
    const begun = performance.now();
    const replayed = run('replay', 'project', '--to', '2', '--speed', '10', ...day);
    const heard: string[] = [];
    while (heard.length < 7) heard.push(await xml.next());
    expect(await replayed).toBe('');
    // Fifteen seconds, ten times as fast.
    expect(performance.now() - begun).toBeGreaterThan(1400);
    const transcript = heard.map((frame) => `xml<  ${frame}\n`).join('');
    await expect(transcript).toMatchFileSnapshot('../golden/replay.transcript');
    expect(
      await web.until('notice.posted', ({ text }) => String(text).startsWith('bob')),
    ).toMatchObject({
      ...{ room: '2', from: SYSTEM, text: 'bob: The DEADLINE is the 20th of April.' },
      replayed: { room: 'project', time: '2026-03-12T14:00:08.000Z', name: 'bob' },
    });
    // The same again tells nothing twice.
    const again = await runProgram(['replay', 'project', '--to', '2', ...day], env);
    expect(again.stderr).toMatch(/^all of it was told in room 2 before/);
    expect((await run('history', '2')).match(/DEADLINE/g)).toHaveLength(1);
    expect(await run('history', '2', '--limit', '1')).toMatch(/\(replay\) \* \*ann has left\n$/);
    xml.close();
    web.close();
  });

  it('one goes on with a replay that was ended by Ctrl-C', async () => {
    // It tells the first event and waits for thirteen days then.
    const child = startCommand(['replay', 'project', '--to', '1'], env);
    const isTold = async () => ((await run('history', '1')).match(/\(replay\)/g) ?? []).length > 0;
    await eventually('the first event is told', isTold, 40_000);
    child.kill('SIGINT');
    expect(await child.ended).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: expect.stringMatching(/^stopped after sequence \d+ of room project; .*\n$/),
    });
    await run('replay', 'project', '--to', '1', '--speed', 'max');
    const told = (await run('history', '1')).match(/\(replay\) .*/g) ?? [];
    expect(told).toHaveLength(9);
    expect(told.filter((line) => line.includes('No deadline yet'))).toHaveLength(1);
  });

  it('one replays it for a program, marked as such', async () => {
    const lines = (await run('replay', 'project', '--speed', 'max')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line));
    expect(events).toHaveLength(10);
    expect(events[5]).toMatchObject({
      ...{ type: 'message.posted', from: BOB, room: 'project', via: 'xml' },
      replayed: { room: 'project', seq: events[5].seq, time: events[5].time, name: 'bob' },
    });
    const bus = await connect({ servers: nats.url });
    const subscription = bus.subscribe('meetings.again', { max: 10 });
    await bus.flush();
    await run('replay', 'project', '--speed', 'max', '--to-subject', 'meetings.again');
    const heard: string[] = [];
    for await (const message of subscription) {
      heard.push(`${message.headers?.get('Nats-Msg-Id')} ${message.json<{ n: number }>().n}`);
    }
    const id = heard[0]?.split('.')[0];
    expect(heard).toEqual(events.map(({ seq, n }) => `${id}.${seq} ${n}`));
    await bus.close();
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
