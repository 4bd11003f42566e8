import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Program, startProgram } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

const MESSAGES = 300;
const HEAL_WITHIN_MS = 20_000;

let nats: TestNatsServer;
let core: Program;
let relay: Program;
let port = 0;

const startCore = () =>
  startProgram(['core'], { RELAY_NATS_URL: nats.url, RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' });
const startRelay = () =>
  startProgram(['relay'], {
    RELAY_NATS_URL: nats.url,
    RELAY_ADMIN_PORT: '0',
    RELAY_PORT: String(port),
    RELAY_RATE_LIMITS: 'off',
  });

beforeAll(async () => {
  nats = await startNatsServer();
  core = await startCore();
  relay = await startRelay();
  port = Number(relay.ready['port']);
});

afterAll(async () => {
  await Promise.all([relay.stop(), core.stop()]);
  await nats.stop();
});

describe('kill -9 in the middle of a talk', () => {
  it.each([
    [
      'chat-core',
      async () => {
        core.kill('SIGKILL');
        await core.ended;
        core = await startCore();
      },
    ],
    [
      'nats-server',
      async () => {
        await nats.kill('SIGKILL');
        await nats.restart();
      },
    ],
    [
      'the relay',
      async () => {
        relay.kill('SIGKILL');
        await relay.ended;
        relay = await startRelay();
      },
    ],
  ] as const)('%s: nothing acknowledged is missing or doubled', async (name, disturb) => {
    const acknowledged = new Map<string, number>();
    const disturbance = pause(100).then(disturb);
    for (let number = 0; number < MESSAGES; number += 1) {
      const id = `${name.replaceAll(' ', '-')}-${number}`;
      acknowledged.set(id, await sayUntilStored(id));
    }
    await disturbance;

    const stored = await storedIds(acknowledged);
    expect(stored).toEqual([...acknowledged].map(([id, seq]) => ({ id, seq })));
  });
});

let talker: WebClient | null = null;

// What a web client does: the same id again, on a new connection if need be, until it is answered.
async function sayUntilStored(id: string): Promise<number> {
  const deadline = performance.now() + HEAL_WITHIN_MS;
  while (performance.now() < deadline) {
    try {
      talker ??= await enterRoom('ann');
      const reply = await talker.request({ type: 'say', room: '1', text: id, id });
      if (reply['type'] === 'said') return Number(reply['seq']);
      if (reply['code'] === 'NOT_IN_ROOM') await talker.request({ type: 'join', room: '1' });
    } catch {
      // The connection is gone: the next turn makes another.
      talker?.close();
      talker = null;
      await pause(50);
    }
  }
  throw new Error(`${id} was not stored within ${HEAL_WITHIN_MS} ms`);
}

async function enterRoom(user: string): Promise<WebClient> {
  const client = await connectWeb(port);
  const replies = [
    await client.request({ type: 'login', user, password: user }),
    await client.request({ type: 'join', room: '1' }),
  ];
  const refused = replies.find(({ type }) => type === 'error');
  if (refused === undefined) return client;
  client.close();
  throw new Error(`refused with ${refused['code']}`);
}

async function storedIds(of: ReadonlyMap<string, number>): Promise<{ id: string; seq: number }[]> {
  const reader = await enterRoom('mod');
  const found: { id: string; seq: number }[] = [];
  let after = 0;
  for (let more = true; more; ) {
    const page = await reader.request({ type: 'history', room: '1', after, limit: 200 });
    const events = page['events'] as { id: string; seq: number; type: string }[];
    found.push(...events.filter(({ type, id }) => type === 'message.posted' && of.has(id)));
    after = events.at(-1)?.seq ?? after;
    more = page['more'] === true;
  }
  reader.close();
  return found.map(({ id, seq }) => ({ id, seq }));
}
