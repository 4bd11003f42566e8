import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

const OUTBOX_BYTES = 65_536;
const TEXT = 'x'.repeat(4000);
// Loopback itself holds some megabytes for who does not read.
const MESSAGES_MAX = 10_000;

let up: RunningUp;
const port = (): number => up.port;

beforeAll(async () => {
  up = await startUp({
    RELAY_LOG_LEVEL: 'warn',
    RELAY_RATE_LIMITS: 'off',
    RELAY_LIMITS_OUTBOX_MAX_BYTES: String(OUTBOX_BYTES),
  });
});

afterAll(() => up.close());

describe('a member that stops reading', () => {
  it('is told and cut, on either wire, and delays nobody', { timeout: 120_000 }, async () => {
    const flash = await connectLegacy(port());
    flash.send('<login u="enobrev" p="mypassword" />');
    await flash.until('<rooms');
    flash.send('<room id="1" />');
    await flash.until('<msg');
    const web = await enter('ann');
    const talker = await enter('mod');
    flash.socket.pause();
    web.socket.pause();

    for (let said = 0; said < MESSAGES_MAX && (await slowReaders()) < 2; said += 50) {
      for (let line = 0; line < 50; line += 1) {
        const reply = await talker.request({ type: 'say', room: '1', text: TEXT });
        expect(reply['type']).toBe('said');
        await talker.until('message.posted', ({ seq }) => seq === reply['seq']);
      }
    }
    // Both are out: the room sees them leave, and what waited for them was bounded.
    await talker.until('member.left');
    await talker.until('member.left');
    expect(await slowReaders()).toBe(2);

    flash.socket.resume();
    web.socket.resume();
    await flash.closed;
    // Its code asks the client to come back; a connection that was cut in the middle has none.
    expect([4001, 1006]).toContain((await web.closed).code);
    talker.close();
  });
});

async function enter(user: string): Promise<WebClient> {
  const web = await connectWeb(port());
  await web.request({ type: 'login', user, password: user });
  await web.request({ type: 'join', room: '1' });
  return web;
}

async function slowReaders(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${up.adminPort}/metrics`);
  return Number(/^relay_slow_readers_total (\d+)$/m.exec(await response.text())?.[1]);
}
