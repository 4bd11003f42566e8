import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_SAMPLES, JSON_TOKENS, Junk, XML_SAMPLES, XML_TOKENS } from '../support/junk.ts';
import { connectLegacy } from '../support/legacy-client.ts';
import { seededRandom } from '../support/random.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

const FRAMES = 200_000;
const FRAMES_PER_CONNECTION = 5000;
const SEED = 20_040_317;

let up: RunningUp;
const port = (): number => up.port;

beforeAll(async () => {
  up = await startUp({
    RELAY_LOG_LEVEL: 'warn',
    RELAY_RATE_LIMITS: 'off',
    RELAY_LIMITS_BAD_FRAMES_MAX: '1000000',
  });
});

afterAll(() => up.close());

describe('while two others chat', () => {
  it(`${FRAMES} broken frames of XML disturb nobody`, { timeout: 240_000 }, async () => {
    const junk = new Junk(seededRandom(SEED), XML_SAMPLES.filter(costsLittle), XML_TOKENS);
    await undisturbed(() => throwAtSocket(junk));
    expect(await framesRead('compact')).toBeGreaterThan(FRAMES * 0.9);
  });

  it(`${FRAMES} broken frames of JSON disturb nobody`, { timeout: 240_000 }, async () => {
    const junk = new Junk(seededRandom(SEED), JSON_SAMPLES.filter(costsLittle), JSON_TOKENS);
    await undisturbed(() => throwAtWebSocket(junk));
    expect(await framesRead('json')).toBeGreaterThan(FRAMES * 0.9);
  });
});

// A password check takes 50 ms by design; what a flood of them does is tested with chat-core.
const costsLittle = (sample: string): boolean => !sample.includes('login');

// Every message of the talk arrives, once and in order, on the other wire.
async function undisturbed(attack: () => Promise<void>): Promise<void> {
  const flash = await connectLegacy(port());
  flash.send('<login u="enobrev" p="mypassword" />');
  await flash.until('<rooms');
  flash.send('<room id="2" uid="6">');
  await flash.until('<msg');
  const web = await enter('mod', '2');

  let attacking = true;
  const attacked = attack().finally(() => {
    attacking = false;
  });
  let said = 0;
  while (attacking || said < 20) {
    said += 1;
    const reply = await web.request({ type: 'say', room: '2', text: `line ${said}` });
    expect(reply['type']).toBe('said');
    expect(await flash.until('<msg from_id="2"')).toBe(`<msg from_id="2">line ${said}</msg>`);
  }
  await attacked;
  flash.close();
  web.close();
}

// Empty frames are not among them.
async function framesRead(dialect: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${up.adminPort}/metrics`);
  const line = new RegExp(
    `^relay_frames_total\\{dialect="${dialect}",direction="in"\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(await response.text())?.[1]);
}

async function enter(user: string, room: string): Promise<WebClient> {
  const web = await connectWeb(port());
  await web.request({ type: 'login', user, password: user });
  await web.request({ type: 'join', room });
  return web;
}

async function throwAtSocket(junk: Junk): Promise<void> {
  for (let sent = 0; sent < FRAMES; sent += FRAMES_PER_CONNECTION) {
    const { socket } = await connectLegacy(port());
    socket.removeAllListeners('data');
    socket.resume();
    const frames: Buffer[] = [];
    // Some of them come to no end, some are several.
    for (let frame = 0; frame < FRAMES_PER_CONNECTION; frame += 1) {
      frames.push(junk.frame(), Buffer.from([0]));
    }
    const bytes = Buffer.concat(frames);
    for (let from = 0; from < bytes.length && socket.writable; from += CHUNK_BYTES) {
      if (!socket.write(bytes.subarray(from, from + CHUNK_BYTES))) {
        await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
      }
    }
    if (socket.destroyed) continue;
    socket.end();
    await once(socket, 'close');
  }
}

async function throwAtWebSocket(junk: Junk): Promise<void> {
  for (let sent = 0; sent < FRAMES; sent += FRAMES_PER_CONNECTION) {
    const { socket } = await connectWeb(port());
    socket.removeAllListeners('message');
    for (let frame = 0; frame < FRAMES_PER_CONNECTION; frame += 1) {
      // A text message that is no UTF-8 ends a WebSocket; that is tested elsewhere.
      const text = junk.frame().toString('utf8');
      await new Promise((resolve) => {
        socket.send(text, resolve);
      });
    }
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }
}

const CHUNK_BYTES = 1460;
