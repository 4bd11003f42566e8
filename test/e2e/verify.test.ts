import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type KV, type NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Draft } from '../../src/core/decide.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Past, writePast } from '../support/past.ts';
import { runProgram, temporaryFolder } from '../support/system.ts';

const FROM = { from: { id: '9', name: 'ann' }, via: 'json' } as const;

let nats: TestNatsServer;
let nc: NatsConnection;
let folder: { path: string; remove: () => Promise<void> };

beforeAll(async () => {
  nats = await startNatsServer();
  nc = await connect({ servers: nats.url });
  folder = await temporaryFolder();
});

afterAll(async () => {
  await nc.close();
  await nats.stop();
  await folder.remove();
});

beforeEach(async () => {
  const { streams } = await nc.jetstreamManager();
  for await (const { config } of streams.list()) await streams.delete(config.name);
  await writePast(nats.url, '1', 'Lobby', said('as it was', 6));
});

/** One event an hour, from midnight on. */
function said(text: string, count: number): Past {
  return Array.from({ length: count }, (_, index) => {
    const draft: Draft = { ...FROM, type: 'message.posted', text: `${text} ${index}` };
    return [`2026-11-23T0${index}:00:00Z`, draft] as const;
  });
}

async function writeAnew(past: Past): Promise<void> {
  await (await nc.jetstreamManager()).streams.delete('CHATLOG');
  await writePast(nats.url, '1', 'Lobby', past);
}

const bucket = (name: string): Promise<KV> => nc.jetstream().views.kv(name);

async function verify(...args: string[]) {
  const env = { RELAY_NATS_URL: nats.url };
  const { code, stdout, stderr } = await runProgram(['verify', '--json', ...args], env);
  if (stderr !== '') throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return { code, lines: lines.map((line) => JSON.parse(line)), stdout };
}

it('goes on from the checkpoint that it kept, or from a time', async () => {
  const whole = await verify();
  expect(whole).toMatchObject({ code: 0, lines: [{ room: '1', events: 6, readFrom: 1, seq: 6 }] });
  const later = await verify('--from-checkpoint');
  expect(later).toMatchObject({ code: 0, lines: [{ events: 6, readFrom: 6, problems: 0 }] });
  expect(later.lines[0]).toMatchObject({ hash: whole.lines[0].hash });
  const since = await verify('1', '--since', '2026-11-23T03:00:00Z');
  expect(since).toMatchObject({ code: 0, lines: [{ events: 6, readFrom: 4, problems: 0 }] });
});

it('finds that the log was written anew, and without its own checkpoint by one kept elsewhere', async () => {
  const file = join(folder.path, 'checkpoints.jsonl');
  await writeFile(file, (await verify()).stdout);
  await writeAnew(said('as somebody wishes', 6));
  for (const args of [[], ['--from-checkpoint']]) {
    const found = await verify(...args);
    expect(found.code).toBe(1);
    expect(found.lines[0]).toMatchObject({ room: '1', kind: 'edited', seq: 6 });
  }
  await (await bucket('chat_checkpoints')).delete('1');
  expect((await verify()).code).toBe(0);
  for (const args of [[], ['1', '--from-checkpoint']]) {
    const found = await verify(...args, '--checkpoint', file);
    expect(found.code).toBe(1);
    expect(found.lines[0]).toMatchObject({ kind: 'edited', seq: 6 });
  }
});

it('finds a lost end, and that of a room that is not listed any more or is gone from the log', async () => {
  await verify();
  await (await bucket('chat_rooms')).delete('1');
  await writeAnew(said('as it was', 4));
  await (await bucket('chat_rooms')).delete('1');
  for (const args of [[], ['--from-checkpoint']]) {
    const found = await verify(...args);
    expect(found.code).toBe(1);
    expect(found.lines[0]).toMatchObject({ room: '1', kind: 'lost-tail', seq: 6 });
  }
  await (await nc.jetstreamManager()).streams.delete('CHATLOG');
  await writePast(nats.url, '2', 'Other', said('elsewhere', 1));
  const found = await verify();
  expect(found.code).toBe(1);
  expect(found.lines[0]).toMatchObject({ room: '1', kind: 'lost-tail' });
  expect(found.lines.at(-1)).toMatchObject({ room: '2', events: 1, problems: 0 });
});
