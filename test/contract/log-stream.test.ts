import type { JetStreamManager, Msg } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { ensureLogStream } from '../../src/bus/log-stream.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';

const OPTIONS = { replicas: 1, duplicateWindowMs: 120_000 };

let nats: TestNatsServer;
let bus: BusConnection;
let manager: JetStreamManager;

beforeEach(async () => {
  nats = await startNatsServer();
  bus = await BusConnection.open({ url: nats.url, name: 'test', reconnectWaitMs: 50 });
  manager = await bus.nc.jetstreamManager();
});

afterEach(async () => {
  await bus.close();
  await nats.stop();
});

describe('the stream of the log', () => {
  it('is in files, append-only and republished', async () => {
    expect(await ensureLogStream(bus, OPTIONS)).toEqual([]);
    expect((await manager.streams.info('CHATLOG')).config).toMatchObject({
      subjects: ['chatlog.>'],
      storage: 'file',
      retention: 'limits',
      max_age: 0,
      max_msgs: -1,
      max_bytes: -1,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
      republish: { src: 'chatlog.>', dest: 'chat.>' },
    });
  });

  it('is left as it is the second time', async () => {
    await ensureLogStream(bus, OPTIONS);
    const before = await manager.streams.info('CHATLOG');
    expect(await ensureLogStream(bus, OPTIONS)).toEqual([]);
    expect((await manager.streams.info('CHATLOG')).config).toEqual(before.config);
  });

  it('lets nobody delete or purge', async () => {
    await ensureLogStream(bus, OPTIONS);
    await bus.nc.jetstream().publish('chatlog.room.1', 'kept');
    await expect(manager.streams.deleteMessage('CHATLOG', 1)).rejects.toThrow(/denied|permitted/i);
    await expect(manager.streams.purge('CHATLOG')).rejects.toThrow(/denied|permitted/i);
    expect((await manager.streams.info('CHATLOG')).state.messages).toBe(1);
  });

  it('tells on the live subject where each message stands', async () => {
    await ensureLogStream(bus, OPTIONS);
    const heard: Msg[] = [];
    const subscription = bus.nc.subscribe('chat.room.1', {
      callback: (_error, message) => heard.push(message),
    });
    for (const room of ['1', '2', '1'])
      await bus.nc.jetstream().publish(`chatlog.room.${room}`, room);
    await bus.nc.flush();
    subscription.unsubscribe();
    const places = heard.map(({ headers }) =>
      ['Nats-Sequence', 'Nats-Last-Sequence', 'Nats-Stream'].map((name) => headers?.get(name)),
    );
    expect(places).toEqual([
      ['1', '0', 'CHATLOG'],
      ['3', '1', 'CHATLOG'],
    ]);
  });

  it.each([
    ['memory storage', { storage: 'memory' }, 'storage is "memory", expected "file"'],
    ['deletes allowed', { deny_delete: false }, 'deny_delete is false'],
    ['another subject more', { subjects: ['chatlog.>', 'more'] }, 'subjects is'],
    ['only headers live', { headersOnly: true }, 'republish is'],
    ['no acks', { no_ack: true }, 'no_ack is true'],
  ] as const)('is refused with %s, and not changed', async (_name, change, problem) => {
    const { headersOnly = false, ...settings } = { headersOnly: false, ...change };
    const republish = { src: 'chatlog.>', dest: 'chat.>', headers_only: headersOnly };
    const request = {
      ...{ name: 'CHATLOG', subjects: ['chatlog.>'], storage: 'file', retention: 'limits' },
      ...{ discard: 'old', deny_delete: true, deny_purge: true, allow_direct: true, republish },
      ...settings,
    };
    await bus.nc.request('$JS.API.STREAM.CREATE.CHATLOG', JSON.stringify(request));
    const before = await manager.streams.info('CHATLOG');
    await expect(ensureLogStream(bus, OPTIONS)).rejects.toThrow(
      expect.objectContaining({ kind: 'SETUP', message: expect.stringContaining(problem) }),
    );
    expect((await manager.streams.info('CHATLOG')).config).toEqual(before.config);
  });

  it('may differ in how long it keeps, which is said', async () => {
    await ensureLogStream(bus, OPTIONS);
    const differing = await ensureLogStream(bus, { ...OPTIONS, duplicateWindowMs: 60_000 });
    expect(differing).toEqual([expect.stringMatching(/^duplicate_window is /)]);
  });

  it('is refused with the reason of the server', async () => {
    await expect(ensureLogStream(bus, { ...OPTIONS, replicas: 3 })).rejects.toThrow(
      expect.objectContaining({ kind: 'SETUP', message: expect.stringMatching(/replicas/) }),
    );
  });
});

describe('a NATS without JetStream', () => {
  it.each([
    ['on the whole server', false, ''],
    [
      'for the account',
      true,
      'jetstream: enabled\naccounts { A: { users: [{ user: "a", password: "a" }] } }\nno_auth_user: "a"',
    ],
  ])('is said to be one: %s', async (_name, jetstream, config) => {
    const bare = await startNatsServer({ jetstream, config });
    const without = await BusConnection.open({ url: bare.url, name: 'test', reconnectWaitMs: 50 });
    await expect(ensureLogStream(without, OPTIONS)).rejects.toThrow(
      expect.objectContaining({
        kind: 'SETUP',
        message: expect.stringContaining('JetStream is off'),
      }),
    );
    await without.close();
    await bare.stop();
  });
});
