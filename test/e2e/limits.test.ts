import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

let up: RunningUp;
const port = (): number => up.port;

beforeAll(async () => {
  up = await startUp({
    RELAY_LIMITS_CONNECTIONS_MAX: '3',
    RELAY_LIMITS_BAD_FRAMES_MAX: '5',
    RELAY_LIMITS_FRAMES_BURST: '20',
    RELAY_LIMITS_LOGINS_BURST: '3',
    RELAY_LIMITS_REFUSED_BURST: '30',
    RELAY_LIMITS_FRAME_MAX_BYTES: '1000',
    RELAY_LIMITS_FRAME_TIMEOUT_MS: '300',
  });
});

afterAll(() => up.close());

describe('at a limit, the reason is said in the words of the client', () => {
  it('too many connections', async () => {
    const others = await Promise.all([1, 2, 3].map(() => connectLegacy(port())));
    for (const other of others) {
      other.send('<ping />');
      await other.until('<pong');
    }
    const web = await connectWeb(port());
    expect(await web.next()).toMatchObject({ type: 'error', code: 'TOO_MANY_CONNECTIONS' });
    expect((await web.closed).code).toBe(1013);
    const late = await connectLegacy(port());
    late.send('<ping />');
    expect(await late.next()).toMatch('<error code="TOO_MANY_CONNECTIONS">');
    await late.closed;
    await Promise.all(
      others.map(async (other) => {
        other.close();
        await other.closed;
      }),
    );
  });

  it('a frame that is too long ends the connection', async () => {
    const xml = await connectLegacy(port());
    xml.send(`<msg>${'x'.repeat(1000)}</msg>`);
    expect(await xml.next()).toMatch('<error code="FRAME_TOO_LONG">');
    await xml.closed;
    const web = await connectWeb(port());
    web.send({ type: 'say', room: '1', text: 'x'.repeat(1000) });
    expect(await web.next()).toMatchObject({ type: 'error', code: 'FRAME_TOO_LONG' });
    expect((await web.closed).code).toBe(1009);
  });

  it('a frame that does not end in time ends the connection', async () => {
    const xml = await connectLegacy(port());
    xml.sendBytes(Buffer.from('<ping '));
    expect(await xml.next()).toMatch('<error code="FRAME_TIMEOUT">');
    await xml.closed;
  });

  it('bad frames are answered, and too many of them end the connection', async () => {
    const xml = await connectLegacy(port());
    for (let bad = 0; bad < 5; bad += 1) {
      xml.send('<nonsense/>');
      expect(await xml.next()).toMatch('<error code="UNKNOWN_COMMAND">');
    }
    xml.send('<nonsense/>');
    expect(await xml.next()).toMatch('<error code="TOO_MANY_ERRORS">');
    await xml.closed;
  });

  it('too many frames at once are refused, and the connection goes on', async () => {
    const xml = await connectLegacy(port());
    for (let frame = 0; frame < 40; frame += 1) xml.send('<ping />');
    expect(await xml.until('<error')).toMatch('<error code="RATE_LIMITED">');
    const web = await connectWeb(port());
    expect(await web.request({ type: 'ping' })).toEqual({ type: 'pong' });
    web.close();
    xml.close();
    await Promise.all([xml.closed, web.closed]);
  });

  it('who goes on is cut, and told to come back later', async () => {
    const web = await connectWeb(port());
    for (let frame = 0; frame < 100; frame += 1) web.send({ type: 'ping' });
    expect(await web.until('error')).toMatchObject({ code: 'RATE_LIMITED' });
    await web.until('error', ({ code }) => code === 'FLOODING');
    expect(await web.closed).toEqual({ code: 4004, reason: 'FLOODING' });
    const xml = await connectLegacy(port());
    xml.sendBytes(Buffer.alloc(100));
    expect(await xml.next()).toMatch('<error code="RATE_LIMITED">');
    await xml.until('<error code="FLOODING">');
    await xml.closed;
  });

  it('too many wrong logins are refused as logins', async () => {
    const xml = await connectLegacy(port());
    for (const error of [
      'Login Problem',
      'Login Problem',
      'Login Problem',
      'Too fast. Slow down.',
    ]) {
      xml.send('<login u="enobrev" p="wrong" />');
      expect(await xml.next()).toBe(`<login ok="0" error="${error}" />`);
    }
    xml.close();
    await xml.closed;
  });

  it('a binary message on the JSON wire ends it with 1003', async () => {
    const web = await connectWeb(port());
    web.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect((await web.closed).code).toBe(1003);
  });

  it('answers a policy request byte for byte, and hangs up', async () => {
    const xml = await connectLegacy(port());
    for (const byte of Buffer.from('<policy-file-request/>\0')) {
      xml.sendBytes(Buffer.from([byte]));
    }
    expect(await xml.next()).toBe(
      `<cross-domain-policy><allow-access-from domain="*" to-ports="${port()}" /></cross-domain-policy>`,
    );
    await xml.closed;
  });

  it('lets no page of another origin in', async () => {
    const { WebSocket } = await import('ws');
    const ws = new WebSocket(`ws://127.0.0.1:${port()}/ws`, { origin: 'https://evil.example' });
    const [, response] = await once(ws, 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });
});
