import { afterEach, describe, expect, it } from 'vitest';
import { type LogReader, roomEventOf } from '../../src/bus/log-reader.ts';
import { changeRetention, countOlder, readRetention } from '../../src/bus/log-retention.ts';
import { chainHash } from '../../src/core/room-state.ts';
import { readMissed } from '../../src/relay/history.ts';
import { addAccount, startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, ENOBREV, eventually, MOD, TestLog } from '../support/log.ts';

const KEPT = { replicas: 1, duplicateWindowMs: 120_000 };
const PAGE = { events: 100, bytes: 100_000 };

let log: TestLog;
let reader: LogReader;
let relay: TestRelay;
let cores: TestCore[] = [];

async function start(change: Parameters<typeof TestLog.start>[0] = {}): Promise<TestCore> {
  log = await TestLog.start(change);
  const opened = await log.open();
  reader = opened.reader;
  relay = new TestRelay(opened.bus, 'relay1').live();
  const core = await startCore(log, 'core1', { snapshotMaxAgeMs: 50 });
  cores = [core];
  for (const account of [ANN, ENOBREV]) await addAccount(core.stores, account);
  await addAccount(core.stores, MOD, 'moderator');
  return core;
}

afterEach(async () => {
  relay.stop();
  for (const { core } of cores) await core.stop();
  await log.stop();
});

/** Waits until the oldest events have been dropped, up to and including `seq`. */
async function dropped(seq: number): Promise<void> {
  await eventually(
    'events are dropped',
    async () => (await reader.extent()).firstSeq > seq,
    30_000,
  );
}

async function snapshotN(room: string): Promise<number> {
  const [core] = cores;
  const kv = await core?.bus.nc.jetstream().views.kv('chat_snapshots');
  const text = (await kv?.get(room))?.string() ?? '{"n":0}';
  return JSON.parse(text).n;
}

/** Throws away everything that is older than now, as an age that has passed would. */
async function dropAll(): Promise<void> {
  const { lastSeq } = await reader.extent();
  const bus = await log.connect();
  await eventually('a snapshot', async () => (await snapshotN('1')) >= 4);
  await changeRetention(bus, { ...KEPT, duplicateWindowMs: 100, maxAgeMs: 1000 });
  await dropped(lastSeq);
  await changeRetention(bus, KEPT);
}

async function talk(): Promise<void> {
  await relay.create('1', 'Lobby');
  await relay.enter('1', ANN);
  await relay.enter('1', ENOBREV);
  await relay.command('1', { type: 'mute', from: MOD, user: ENOBREV.id });
}

describe('a room whose events are older than the log keeps', () => {
  it('is as it was, for the chat-core that has it and for the next one', async () => {
    const core = await start({ duplicateWindowMs: 100 });
    await talk();
    await dropAll();
    const said = await relay.say('1', ANN, 'still here');
    expect(said).toMatchObject({ ok: true, seq: 5 });
    expect(await relay.say('1', ENOBREV, 'muted')).toMatchObject({ ok: false, code: 'MUTED' });

    await core.core.stop();
    cores = [await startCore(log, 'core2')];
    expect(await relay.command('1', { type: 'members' })).toMatchObject({
      ok: true,
      name: 'Lobby',
      members: [ANN, ENOBREV],
    });
    expect(await relay.say('1', ENOBREV, 'muted')).toMatchObject({ ok: false, code: 'MUTED' });
    expect(await relay.say('1', ANN, 'and after')).toMatchObject({ ok: true, seq: 6 });
  });

  it('is known from its snapshot when the log has nothing of it at all', async () => {
    const core = await start({ duplicateWindowMs: 100 });
    await talk();
    await dropAll();
    await core.core.stop();
    cores = [await startCore(log, 'core2')];
    expect(await relay.command('1', { type: 'members' })).toMatchObject({
      members: [ANN, ENOBREV],
    });
    expect(await relay.say('1', ANN, 'on')).toMatchObject({ ok: true, seq: 5 });
    const newest = await reader.last('chatlog.room.1');
    expect(newest === null ? null : roomEventOf(newest)).toMatchObject({
      prev: 0,
      event: { n: 5 },
    });
  });

  it('is not taken for one of another log', async () => {
    await start({ duplicateWindowMs: 100 });
    await talk();
    await eventually('a snapshot', async () => (await snapshotN('1')) >= 4);
    const manager = await (await log.connect()).nc.jetstreamManager();
    const { config } = await manager.streams.info('CHATLOG');
    await manager.streams.delete('CHATLOG');
    await manager.streams.add(config);
    expect(await relay.say('1', ANN, 'into the void')).toMatchObject({ ok: false });
    expect((await reader.extent()).lastSeq).toBe(0);
  });

  it('goes on in its hash chain', async () => {
    await start({ duplicateWindowMs: 100 });
    await talk();
    const before = await reader.last('chatlog.room.1');
    await dropAll();
    await relay.say('1', ANN, 'one');
    await relay.say('1', ANN, 'two');
    let hash = before?.hash ?? '';
    for await (const message of reader.forward('chatlog.room.1', 1, 1e9)) {
      hash = chainHash(hash, message.payload);
      expect(message.hash).toBe(hash);
    }
  });

  it('is not told to be whole to who missed what is gone', async () => {
    await start({ duplicateWindowMs: 100 });
    await talk();
    await dropAll();
    expect(await readMissed(reader, '1', { after: 2, upTo: 4 }, PAGE)).toEqual({
      events: [],
      whole: false,
    });
    await relay.say('1', ANN, 'one');
    await relay.say('1', ANN, 'two');
    const missed = (after: number) => readMissed(reader, '1', { after, upTo: 6 }, PAGE);
    expect(await missed(0)).toMatchObject({ whole: false });
    expect(await missed(2)).toMatchObject({ whole: false, events: [{ seq: 5 }, { seq: 6 }] });
    expect(await missed(5)).toMatchObject({ whole: true, events: [{ seq: 6 }] });
  });
});

describe('the limits of the log', () => {
  it('are those of its options, from the start', async () => {
    await start({ maxAgeMs: 7 * 86_400_000, maxBytes: 10_000_000 });
    const { keeps } = await readRetention(await log.connect());
    expect(keeps).toEqual({
      ...{ maxAgeMs: 7 * 86_400_000, maxBytes: 10_000_000 },
      ...{ maxMessages: null, maxMessagesPerRoom: null },
    });
  });

  it('can be changed, and nothing else with them', async () => {
    await start();
    await talk();
    const bus = await log.connect();
    const manager = await bus.nc.jetstreamManager();
    const before = await manager.streams.info('CHATLOG');
    expect(await countOlder(bus, 60_000, Date.now())).toBe(0);
    expect(await countOlder(bus, 60_000, Date.now() + 120_000)).toBe(before.state.messages);
    await changeRetention(bus, { ...KEPT, maxBytes: 5_000_000 });
    const after = await manager.streams.info('CHATLOG');
    expect(after.config).toEqual({ ...before.config, max_bytes: 5_000_000 });
    expect(after.state.consumer_count).toBe(0);
    expect(await readRetention(bus)).toMatchObject({
      messages: before.state.messages,
      oldest: before.state.first_ts,
    });
  });

  it('drop the oldest events of the largest log, and keep every room as it was', async () => {
    const core = await start({ maxBytes: 20_000 });
    await talk();
    await eventually('a snapshot', async () => (await snapshotN('1')) >= 4);
    await relay.create('2', 'Loud');
    await relay.enter('2', ANN);
    for (let count = 0; count < 100; count += 1) await relay.say('2', ANN, 'x'.repeat(100));
    await dropped(4);
    await core.core.stop();
    cores = [await startCore(log, 'core2')];
    expect(await relay.command('1', { type: 'members' })).toMatchObject({
      ...{ name: 'Lobby', members: [ANN, ENOBREV] },
    });
    expect(await relay.command('2', { type: 'members' })).toMatchObject({ name: 'Loud' });
    expect(await relay.say('2', ANN, 'on')).toMatchObject({ ok: true });
  });
});
