import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bucket } from '../../src/bus/bucket.ts';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { gather, receive, tell } from '../../src/bus/messages.ts';
import { Requester } from '../../src/bus/requester.ts';
import { socketOf } from '../../src/bus/write-turn.ts';
import { eventually, TestLog } from '../support/log.ts';
import { startNatsServer } from '../support/nats-server.ts';

let log: TestLog;

beforeAll(async () => {
  log = await TestLog.start();
});

afterAll(() => log.stop());

const open = (url: string) =>
  BusConnection.open({ url, name: 'test', reconnectWaitMs: 50, connectTimeoutMs: 1000 });

describe('a connection to the bus', () => {
  it('says that nobody is there, without the password', async () => {
    await expect(open('nats://ann:s3cret@127.0.0.1:1')).rejects.toThrow(
      expect.objectContaining({
        kind: 'DISCONNECTED',
        message: expect.stringMatching(/^NATS at nats:\/\/127\.0\.0\.1:1 cannot be reached: /),
      }),
    );
  });

  it('takes user, password and several servers from its address', async () => {
    const config = 'authorization { user: "ann", password: "p@s:s%" }';
    const closed = await startNatsServer({ config });
    try {
      const host = `127.0.0.1:${closed.port}`;
      await expect(open(`nats://${host}`)).rejects.toThrow(/authorization/i);
      await expect(open(`nats://ann:wrong@${host}`)).rejects.toThrow(/authorization/i);
      for (const url of [
        `nats://ann:p%40s%3As%25@${host}`,
        `ann:p@s:s%@${host}`,
        `nats://127.0.0.1:1, nats://ann:p%40s%3As%25@${host}`,
      ]) {
        await (await open(url)).close();
      }
    } finally {
      await closed.stop();
    }
  });

  it('has its socket where the client library keeps it, to write once a turn', async () => {
    const bus = await log.connect();
    expect(socketOf(bus.nc)).not.toBeNull();
  });

  it('closes in time when the server has stopped answering', async () => {
    const paused = await startNatsServer();
    try {
      const bus = await open(paused.url);
      await paused.kill('SIGSTOP');
      await bus.close();
      expect(bus.status).toBe('closed');
    } finally {
      await paused.kill('SIGCONT');
      await paused.stop();
    }
  });
});

describe('a request', () => {
  it('is answered, or refused in time', async () => {
    const bus = await log.connect();
    const requester = new Requester(bus, { timeoutMs: 200, pendingMax: 2 });
    const stop = receive(bus, 'echo', ({ body, respond }) => respond(body));
    const mute = receive(bus, 'mute', () => undefined);
    expect((await requester.request('echo', '{"a":1}')).json()).toEqual({ a: 1 });
    await expect(requester.request('nobody', '')).rejects.toMatchObject({ kind: 'NO_RESPONDERS' });
    const waiting = [requester.request('mute', ''), requester.request('mute', '')];
    await expect(requester.request('mute', '')).rejects.toMatchObject({ kind: 'TOO_MANY' });
    for (const one of waiting) await expect(one).rejects.toMatchObject({ kind: 'TIMEOUT' });
    stop();
    mute();
    requester.stop();
  });

  it('too long for the server is refused and not kept', async () => {
    const bus = await log.connect();
    const requester = new Requester(bus, { timeoutMs: 60_000, pendingMax: 2 });
    const long = 'x'.repeat(2_000_000);
    await expect(requester.request('any', long)).rejects.toMatchObject({ kind: 'STORE' });
    expect(requester.pending).toBe(0);
    expect(() => tell(bus, 'any', long)).toThrow(expect.objectContaining({ kind: 'STORE' }));
    requester.stop();
  });

  it('is given up at once when the connection is lost', async () => {
    const own = await startNatsServer();
    const bus = await open(own.url);
    const mute = receive(bus, 'mute', () => undefined);
    const requester = new Requester(bus, { timeoutMs: 60_000, pendingMax: 2 });
    const request = requester.request('mute', '');
    await Promise.all([
      expect(request).rejects.toMatchObject({ kind: 'DISCONNECTED' }),
      own.kill('SIGKILL'),
    ]);
    await expect(requester.request('mute', '')).rejects.toMatchObject({ kind: 'DISCONNECTED' });
    mute();
    requester.stop();
    await bus.close();
    await own.stop();
  });

  it('to many gathers their answers, none when nobody is there', async () => {
    const bus = await log.connect();
    const endings = [1, 2].map((answer) => receive(bus, 'many', ({ respond }) => respond(answer)));
    const answers = await gather(bus, 'many', {}, 5000, (so) => so.length === 2);
    expect(answers.sort()).toEqual([1, 2]);
    for (const end of endings) end();
    expect(await gather(bus, 'many', {}, 5000)).toEqual([]);
  });
});

describe('a bucket', () => {
  it('creates, updates and deletes only what is as the writer thinks', async () => {
    const bucket = await Bucket.open(await log.connect(), 'one', 1);
    expect(await bucket.get('a')).toBeNull();
    expect(await bucket.create('a', 'first')).toBe(true);
    expect(await bucket.create('a', 'second')).toBe(false);
    const revision = (await bucket.get('a'))?.revision ?? 0;
    expect(await bucket.update('a', 'third', revision)).toBe(true);
    expect(await bucket.update('a', 'fourth', revision)).toBe(false);
    await bucket.delete('a');
    expect(await bucket.get('a')).toBeNull();
    expect(await bucket.create('a', 'fifth')).toBe(true);
    expect((await bucket.get('a'))?.value).toBe('fifth');
  });

  it('lists thousands of keys, without those deleted', async () => {
    const bucket = await Bucket.open(await log.connect(), 'many', 1);
    expect(await bucket.entries()).toEqual([]);
    const keys = Array.from({ length: 3000 }, (_, index) => `id.${index}`);
    for (let from = 0; from < keys.length; from += 250) {
      await Promise.all(keys.slice(from, from + 250).map((key) => bucket.put(key, key)));
    }
    await bucket.put('other', 'other');
    await bucket.delete('id.7');
    const found = await bucket.entries('id.');
    expect(found).toHaveLength(2999);
    expect(found.every(({ key, value }) => key === value && key !== 'id.7')).toBe(true);
  });

  it('refuses a value too long for the server for what it is', async () => {
    const bucket = await Bucket.open(await log.connect(), 'long', 1);
    const put = bucket.put('a', 'x'.repeat(2_000_000));
    await expect(put).rejects.toMatchObject({ kind: 'STORE', passing: false });
  });

  it('survives the end of the server', async () => {
    const bus = await log.connect();
    const bucket = await Bucket.open(bus, 'kept', 1);
    await bucket.put('a', 'kept');
    await log.killAndRestart();
    await bus.whenConnected(5000);
    expect((await eventually('the value', () => bucket.get('a').catch(() => null))).value).toBe(
      'kept',
    );
  });
});
