import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb, WebClient } from '../support/web-client.ts';

// Each becomes five bytes for an old client.
const TEXT = '&'.repeat(4000);
const MESSAGES_MAX = 5000;

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({
    RELAY_LOG_LEVEL: 'warn',
    RELAY_RATE_LIMITS: 'off',
    RELAY_LIMITS_OUTBOX_MAX_BYTES: '1000000000',
    RELAY_LIMITS_SEND_TIMEOUT_MS: '1000',
    RELAY_LIMITS_PING_INTERVAL_MS: '1000',
  });
});

afterAll(() => up.close());

describe('a connection that died without a word', () => {
  it('is found when nothing is taken of what waits for it', { timeout: 120_000 }, async () => {
    const flash = await connectLegacy(up.port);
    flash.send('<login u="enobrev" p="mypassword" />');
    await flash.until('<rooms');
    flash.send('<room id="1" />');
    await flash.until('<msg');
    const talker = await connectWeb(up.port);
    await talker.request({ type: 'login', user: 'mod', password: 'mod' });
    await talker.request({ type: 'join', room: '1' });
    flash.socket.pause();
    let said = 0;
    while (said < MESSAGES_MAX && (await refused('SEND_TIMEOUT')) === 0) {
      expect(await talker.request({ type: 'say', room: '1', text: TEXT })).toMatchObject({
        type: 'said',
      });
      said += 1;
    }
    expect(await refused('SEND_TIMEOUT')).toBe(1);
    // Who read all the time was not disturbed.
    expect(await talker.request({ type: 'ping' })).toEqual({ type: 'pong' });
    flash.socket.resume();
    await flash.closed;
    talker.close();
  });

  it('is found when it answers no ping, and is told to come back', async () => {
    const ws = new WebSocket(`ws://127.0.0.1:${up.port}/ws`, { autoPong: false });
    const client = new WebClient(ws);
    await once(ws, 'open');
    expect(await client.request({ type: 'login', guest: 'sleeper' })).toMatchObject({
      type: 'welcome',
    });
    expect(await client.until('error')).toMatchObject({ code: 'PING_TIMEOUT' });
    expect(await client.closed).toEqual({ code: 4006, reason: 'PING_TIMEOUT' });
    expect(await refused('PING_TIMEOUT')).toBe(1);
  });
});

async function refused(code: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${up.adminPort}/metrics`);
  const line = new RegExp(`^relay_refusals_total\\{code="${code}"\\} (\\d+)$`, 'm');
  return Number(line.exec(await response.text())?.[1] ?? 0);
}
