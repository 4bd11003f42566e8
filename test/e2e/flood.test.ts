import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

const MESSAGES = 100;

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({ RELAY_LOG_LEVEL: 'warn' });
});

afterAll(() => up.close());

// Each of them floods until it is cut, and comes back, until it is told to stop.
const FLOODS: Readonly<Record<string, Buffer>> = {
  'empty frames': Buffer.alloc(65_536),
  'commands before a login': Buffer.from('<msg>spam</msg>\0'.repeat(4000)),
  'wrong passwords': Buffer.from('<login u="mod" p="guess" />\0'.repeat(2000)),
  junk: Buffer.from('<<>>\0'.repeat(10_000)),
};

describe('while others flood', () => {
  it('a room talks on, in order, and every flood is cut', { timeout: 120_000 }, async () => {
    const stop = new AbortController();
    const floods = Object.values(FLOODS).map((bytes) => flood(bytes, stop.signal));
    const listener = await connectLegacy(up.port);
    listener.send('<login u="enobrev" p="mypassword" />');
    expect(await listener.until('<login')).toBe('<login ok="1" id="6" />');
    listener.send('<room id="1" />');
    await listener.until('<users');
    const talker = await connectWeb(up.port);
    await talker.request({ type: 'login', user: 'ann', password: 'ann' });
    await talker.request({ type: 'join', room: '1' });

    for (let n = 0; n < MESSAGES; n += 1) {
      const said = await talker.request({ type: 'say', room: '1', text: `message ${n}` });
      expect(said).toMatchObject({ type: 'said' });
      expect(await listener.until('<msg from_id="9"')).toBe(`<msg from_id="9">message ${n}</msg>`);
    }
    stop.abort();
    const cuts = await Promise.all(floods);
    expect(Math.min(...cuts)).toBeGreaterThan(0);
    const metrics = await (await fetch(`http://127.0.0.1:${up.adminPort}/metrics`)).text();
    for (const limit of ['frames', 'logins']) {
      expect(metrics).toMatch(`relay_floods_total{step="warn",limit="${limit}"}`);
    }
    expect(metrics).toMatch(/^relay_refusals_total\{code="FLOODING"\} [1-9]/m);
    talker.close();
    listener.close();
  });
});

/** Resolves with how often it was cut. It sends what it can and reads what comes. */
async function flood(bytes: Buffer, stop: AbortSignal): Promise<number> {
  let cuts = 0;
  while (!stop.aborted || cuts === 0) {
    const socket = connect(up.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const send = (error?: Error | null) => {
      if (error == null && socket.writable) socket.write(bytes, send);
    };
    send();
    await closed;
    cuts += 1;
  }
  return cuts;
}
