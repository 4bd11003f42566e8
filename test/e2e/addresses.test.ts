import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { WebClient } from '../support/web-client.ts';

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({
    RELAY_LIMITS_ADDRESS_CONNECTIONS_MAX: '3',
    RELAY_LIMITS_ADDRESS_FRAMES_BURST: '20',
    RELAY_LIMITS_ADDRESS_FRAMES_PER_SECOND: '1',
    RELAY_LIMITS_ADDRESS_LOGINS_BURST: '4',
    RELAY_LIMITS_ADDRESS_LOGINS_PER_MINUTE: '1',
    RELAY_TRUSTED_PROXIES: '127.0.0.1',
  });
});

afterAll(() => up.close());

/** A web client that comes through a proxy on this machine. */
async function connectFrom(address: string): Promise<WebClient> {
  const headers = { 'x-forwarded-for': `203.0.113.77, ${address}` };
  const ws = new WebSocket(`ws://127.0.0.1:${up.port}/ws`, { headers });
  const client = new WebClient(ws);
  await once(ws, 'open');
  return client;
}

async function close(...clients: WebClient[]): Promise<void> {
  for (const client of clients) client.close();
  await Promise.all(clients.map(({ closed }) => closed));
}

describe('clients of one address behind a trusted proxy', () => {
  it('are so many at a time', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => connectFrom('198.51.100.1')));
    for (const client of clients) {
      expect(await client.request({ type: 'ping' })).toEqual({ type: 'pong' });
    }
    const late = await connectFrom('198.51.100.1');
    expect(await late.next()).toMatchObject({ type: 'error', code: 'TOO_MANY_CONNECTIONS' });
    expect(await late.closed).toEqual({ code: 1013, reason: 'TOO_MANY_CONNECTIONS' });
    const other = await connectFrom('198.51.100.2');
    expect(await other.request({ type: 'ping' })).toEqual({ type: 'pong' });
    await close(...clients, other);
  });

  it('share their frames, and nobody else is refused for it', async () => {
    const [one, two] = [await connectFrom('198.51.100.3'), await connectFrom('198.51.100.3')];
    for (let frame = 0; frame < 20; frame += 1) await one.request({ type: 'ping' });
    two.send({ type: 'ping' });
    expect(await two.next()).toMatchObject({ type: 'error', code: 'RATE_LIMITED' });
    const other = await connectFrom('2001:db8::1');
    expect(await other.request({ type: 'ping' })).toEqual({ type: 'pong' });
    await close(one, two, other);
  });

  it('share their wrong logins, those of one /64 too; right ones do not count', async () => {
    const right = { type: 'login', user: 'ann', password: 'ann' };
    const codes: unknown[] = [];
    for (let login = 0; login < 6; login += 1) {
      const client = await connectFrom(`2001:db8:1:1::${login}`);
      expect(await client.request(right)).toMatchObject({ type: 'welcome' });
      await close(client);
    }
    for (let login = 0; login < 5; login += 1) {
      const client = await connectFrom(`2001:db8:1:1::${login}`);
      codes.push((await client.request({ ...right, password: 'wrong' }))['code']);
      await close(client);
    }
    const failed = Array<string>(4).fill('LOGIN_FAILED');
    expect(codes).toEqual([...failed, 'RATE_LIMITED']);
  });
});

describe('clients without a proxy', () => {
  let direct: RunningUp;
  beforeAll(async () => {
    direct = await startUp({
      RELAY_LIMITS_ADDRESS_CONNECTIONS_MAX: '3',
      RELAY_LIMITS_ADDRESS_EXEMPT: '',
    });
  });
  afterAll(() => direct.close());

  it('are so many at a time; those that say nothing are sockets, and bounded, too', async () => {
    const spare = Array.from({ length: 3 + 64 }, () => connectLegacy(direct.port));
    const clients = await Promise.all(spare);
    const cut = await connectLegacy(direct.port);
    await cut.closed;
    for (const client of clients.slice(0, 3)) {
      client.send('<ping />');
      expect(await client.next()).toBe('<pong />');
    }
    clients[3]?.send('<ping />');
    expect(await clients[3]?.next()).toMatch('<error code="TOO_MANY_CONNECTIONS">');
    await clients[3]?.closed;
    for (const client of clients) client.close();
  });
});

describe('clients of this machine', () => {
  it('are not counted together', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectLegacy(up.port)));
    for (const client of clients) {
      for (let frame = 0; frame < 5; frame += 1) client.send('<ping />');
      for (let frame = 0; frame < 5; frame += 1) expect(await client.next()).toBe('<pong />');
      client.close();
    }
  });
});
