import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Program, startProgram } from '../support/system.ts';
import { Talker } from '../support/talker.ts';

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
    const talker = new Talker(port, HEAL_WITHIN_MS);
    const disturbance = pause(100).then(disturb);
    const acknowledged = await talker.say(name.replaceAll(' ', '-'), MESSAGES);
    await disturbance;
    expect(await talker.stored(acknowledged)).toEqual(acknowledged);
    talker.close();
  });
});
