import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogReader, roomEventOf } from '../../src/bus/log-reader.ts';
import { apply, chainHash, emptyRoom, type RoomState, stateOf } from '../../src/core/room-state.ts';
import type { Actor, RoomEvent } from '../../src/domain/events.ts';
import { addAccount, startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, ENOBREV, eventually, MOD, TestLog } from '../support/log.ts';

let log: TestLog;
let reader: LogReader;
let relay: TestRelay;
let cores: TestCore[];

beforeEach(async () => {
  log = await TestLog.start();
  const opened = await log.open();
  reader = opened.reader;
  relay = new TestRelay(opened.bus, 'relay1').live();
  cores = [await startCore(log, 'core1')];
  const [first] = cores;
  if (first === undefined) return;
  for (const account of [ANN, ENOBREV]) await addAccount(first.stores, account);
  await addAccount(first.stores, MOD, 'moderator');
});

afterEach(async () => {
  relay.stop();
  for (const { core } of cores) await core.stop();
  await log.stop();
});

async function eventsOf(room: string): Promise<{ seq: number; event: RoomEvent }[]> {
  const events = [];
  for await (const message of reader.forward(`chatlog.room.${room}`, 1, 1e9)) {
    const logged = roomEventOf(message);
    if (logged !== null) events.push(logged);
  }
  return events;
}

/** The fold of the whole log, with the hash chain checked on the way. */
async function folded(room: string): Promise<RoomState> {
  let state = emptyRoom(room);
  for await (const message of reader.forward(`chatlog.room.${room}`, 1, 1e9)) {
    const logged = roomEventOf(message);
    if (logged === null) continue;
    const hash = chainHash(state.hash, message.payload);
    expect([message.hash, logged.event.n, logged.prev]).toEqual([hash, state.n + 1, state.seq]);
    state = apply(state, logged, { hash, epoch: message.epoch });
  }
  return state;
}

const story = async (room: string) =>
  (await eventsOf(room)).map(({ event }) =>
    'member' in event ? `${event.type} ${event.member.name}` : event.type,
  );

async function restart(core: TestCore): Promise<TestCore> {
  await core.core.stop();
  const next = await startCore(log, 'core1');
  cores = [next];
  return next;
}

const seqOf = (answer: { ok: boolean; seq?: number }) => (answer.ok ? answer.seq : null);

describe('a room', () => {
  it('is entered, spoken in and left', async () => {
    expect(await relay.create('1', 'Lobby 1')).toMatchObject({ ok: true });
    expect(await relay.create('1')).toMatchObject({ ok: false, code: 'ROOM_EXISTS' });
    expect(await relay.enter('1', ANN)).toMatchObject({
      ...{ ok: true, name: 'Lobby 1', announced: true, members: [ANN] },
    });
    expect(await relay.enter('1', ANN)).toMatchObject({ ok: true, announced: false });
    expect(await relay.say('1', ENOBREV, 'x')).toMatchObject({ ok: false, code: 'NOT_IN_ROOM' });
    expect(await relay.say('1', ANN, 'hello')).toMatchObject({ ok: true });
    expect(await relay.say('9', ANN, 'hello')).toMatchObject({ ok: false, code: 'NO_SUCH_ROOM' });
    expect(await relay.leave('1', ANN)).toMatchObject({ ok: true });
    expect(await story('1')).toEqual([
      ...['room.created', 'member.entered ann', 'message.posted', 'member.left ann'],
    ]);
    await folded('1');
  });

  it('keeps out whom a moderator banned, and quiet whom one muted', async () => {
    await relay.create('1');
    for (const account of [ANN, ENOBREV, MOD]) await relay.enter('1', account);
    const moderate = (from: object, type: string, more = {}) =>
      relay.command('1', { type, from, user: ANN.id, ...more });
    expect(await moderate(ENOBREV, 'kick')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await moderate(MOD, 'mute')).toMatchObject({ ok: true });
    expect(await relay.say('1', ANN, 'x')).toMatchObject({ code: 'MUTED' });
    expect(await moderate(MOD, 'unmute')).toMatchObject({ ok: true });
    expect(await relay.say('1', ANN, 'x')).toMatchObject({ ok: true });
    expect(await moderate(MOD, 'ban', { reason: 'spam' })).toMatchObject({ ok: true });
    expect(await relay.enter('1', ANN)).toMatchObject({ code: 'BANNED' });
    expect(await moderate(MOD, 'unban')).toMatchObject({ ok: true });
    expect(await relay.enter('1', ANN)).toMatchObject({ ok: true });
    expect(await moderate(MOD, 'kick')).toMatchObject({ ok: true });
    expect(await moderate(MOD, 'kick')).toMatchObject({ code: 'NO_SUCH_USER' });
    expect((await story('1')).slice(4)).toEqual([
      ...['member.muted ann', 'member.unmuted ann', 'message.posted'],
      ...['member.kicked ann', 'member.banned ann', 'member.unbanned ann', 'member.entered ann'],
      'member.kicked ann',
    ]);
    const ids = (await eventsOf('1')).map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives a command asked again the answer of the first time', async () => {
    await relay.create('1');
    const entered = await relay.enter('1', ANN, 'enter-1');
    expect(await relay.enter('1', ANN, 'enter-1')).toMatchObject({ announced: true });
    await relay.enter('1', MOD);
    const said = await relay.say('1', ANN, 'first', 'say-1');
    const kick = { type: 'kick', id: 'kick-1', from: MOD, user: ANN.id };
    const kicked = await relay.command('1', kick);
    expect(await relay.command('1', kick)).toEqual(kicked);
    // Out of the room by now, with another text: the same id is the same message.
    expect(await relay.say('1', ANN, 'other', 'say-1')).toEqual(said);
    expect((await story('1')).length).toBe(5);
    expect(seqOf(entered)).toBeGreaterThan(0);
    // Another's message with the same id is another message, and so is one in another room.
    expect(seqOf(await relay.say('1', MOD, 'mine', 'say-1'))).toBeGreaterThan(seqOf(kicked) ?? 0);
    await relay.create('2');
    await relay.enter('2', ANN);
    const elsewhere = await relay.say('2', ANN, 'first', 'say-1');
    expect(seqOf(elsewhere)).toBeGreaterThan(seqOf(said) ?? 0);
    await folded('1');
  });

  it('knows a command again after chat-core was restarted', async () => {
    const [core] = cores;
    if (core === undefined) return;
    await relay.create('1');
    await relay.enter('1', ANN);
    const said = await relay.say('1', ANN, 'first', 'say-1');
    await restart(core);
    expect(await relay.say('1', ANN, 'first', 'say-1')).toEqual(said);
  });

  it('finishes a ban of which only the kick was stored', async () => {
    await relay.create('1');
    for (const account of [ANN, MOD]) await relay.enter('1', account);
    const ban = { type: 'ban', id: 'ban-1', from: MOD, user: ANN.id };
    // As if the process had died between the two: the kick stands in the log under the ban's name.
    const { bus, writer } = await log.open();
    const state = await folded('1');
    const kick = {
      ...{ v: 1, id: 'aside', n: state.n + 1, type: 'member.kicked', room: '1' },
      ...{ time: new Date().toISOString(), from: MOD, member: ANN, via: 'json' },
    };
    const payload = JSON.stringify(kick);
    await writer.append({
      ...{ subject: 'chatlog.room.1', payload, messageId: '1:2:member.kicked:ban-1' },
      ...{ expectedLast: state.seq, hash: chainHash(state.hash, payload) },
      deadline: performance.now() + 5000,
    });
    await bus.nc.flush();
    expect(await relay.command('1', ban)).toMatchObject({ ok: true });
    expect((await story('1')).slice(-2)).toEqual(['member.kicked ann', 'member.banned ann']);
    expect(await relay.enter('1', ANN)).toMatchObject({ code: 'BANNED' });
  });

  it('catches up with a log that has moved on behind its back, over what is no event', async () => {
    await relay.create('1');
    await relay.enter('1', ANN);
    const { bus } = await log.open();
    await bus.nc.jetstream().publish('chatlog.room.1', 'alien');
    expect(await relay.say('1', ANN, 'x')).toMatchObject({ ok: true });
    expect((await cores[0]?.metrics.core.fenced.get())?.values[0]?.value).toBe(1);
    expect((await eventsOf('1')).map(({ event }) => event.n)).toEqual([1, 2, 3]);
  });

  it('is told as the log has it now, also where nothing is stored that the log could refuse', async () => {
    await relay.create('1');
    await relay.enter('1', ANN);
    const { writer } = await log.open();
    const write = async (n: number, member: Actor) => {
      const before = await folded('1');
      const time = '2100-01-01T00:00:00.000Z';
      const entered = { ...{ v: 1, id: `e${n}`, n, type: 'member.entered', room: '1', time } };
      const payload = JSON.stringify({ ...entered, from: member, member, via: 'json' });
      return writer.append({
        ...{ subject: 'chatlog.room.1', payload, messageId: `e${n}`, expectedLast: before.seq },
        ...{ hash: chainHash(before.hash, payload), deadline: performance.now() + 10_000 },
      });
    };
    // As another core does that believes to own the room.
    await write(3, ENOBREV);
    expect(await relay.memberNames('1')).toEqual(['ann', 'enobrev']);
    const { seq } = await write(4, MOD);
    expect(await relay.enter('1', ANN)).toMatchObject({ ok: true, seq });
  });

  it('begins empty when it is made again after it was removed', async () => {
    await relay.create('1', 'Old');
    for (const account of [ANN, MOD, ENOBREV]) await relay.enter('1', account);
    for (const type of ['mute', 'ban']) {
      await relay.command('1', { type, from: MOD, user: ANN.id });
    }
    const system = { id: '0', name: 'system' };
    expect(await relay.command('1', { type: 'remove', from: ANN })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await relay.command('1', { type: 'remove', from: system })).toMatchObject({ ok: true });
    relay.here.clear();
    expect(await relay.enter('1', ENOBREV)).toMatchObject({ code: 'NO_SUCH_ROOM' });
    relay.here.clear();
    expect(await relay.rooms()).toEqual({ ok: true, rooms: [] });
    expect(await relay.create('1', 'New')).toMatchObject({ ok: true });
    expect(await relay.enter('1', ANN)).toMatchObject({ name: 'New', members: [ANN] });
    expect(await relay.say('1', ANN, 'x')).toMatchObject({ ok: true });
    expect(await relay.rooms()).toEqual({
      ok: true,
      rooms: [{ id: '1', name: 'New', members: 1 }],
    });
    await folded('1');
  });

  it('that is half removed can be removed', async () => {
    await relay.create('1', 'Old');
    const remove = { type: 'remove', from: { id: '0', name: 'system' } };
    await relay.command('1', remove);
    await cores[0]?.stores.registry.put('1', 'Old');
    expect(await relay.command('1', remove)).toMatchObject({ ok: true });
    expect(await relay.command('1', remove)).toMatchObject({ code: 'NO_SUCH_ROOM' });
  });

  it('has the same state from its snapshot and from its whole log', async () => {
    const [core] = cores;
    if (core === undefined) return;
    await relay.create('1');
    for (const account of [ANN, MOD]) await relay.enter('1', account);
    for (let number = 0; number < 25; number += 1) await relay.say('1', ANN, `text ${number}`);
    await relay.command('1', { type: 'mute', from: MOD, user: ENOBREV.id, seconds: 60 });
    await core.core.stop();
    const kv = await core.bus.nc.jetstream().views.kv('chat_snapshots');
    const snapshot = stateOf((await kv.get('1'))?.string() ?? '');
    expect(snapshot).toEqual(await folded('1'));
    cores = [await startCore(log, 'core1')];
    expect(await relay.memberNames('1')).toEqual(['ann', 'mod']);
    await relay.say('1', ANN, 'after');
    await folded('1');
  });

  it('does not believe a snapshot of another log', async () => {
    const [core] = cores;
    if (core === undefined) return;
    await relay.create('1');
    await relay.enter('1', ANN);
    await core.core.stop();
    const kv = await core.bus.nc.jetstream().views.kv('chat_snapshots');
    const forged = { ...JSON.parse((await kv.get('1'))?.string() ?? ''), name: 'Forged' };
    await kv.put('1', JSON.stringify({ ...forged, hash: 'f'.repeat(64) }));
    cores = [await startCore(log, 'core1')];
    expect(await relay.enter('1', ANN)).toMatchObject({ name: 'Room 1' });
  });

  it('that has lost events which a snapshot knows goes on, and an alarm is raised', async () => {
    const [core] = cores;
    if (core === undefined) return;
    await relay.create('1');
    for (const text of ['a', 'b', 'c']) await relay.say('1', MOD, text);
    expect(core.core.note).toBeNull();
    await core.core.stop();
    const { streams } = await core.bus.nc.jetstreamManager();
    const { config } = await streams.info('CHATLOG');
    await streams.delete('CHATLOG');
    await streams.add(config);
    const next = await startCore(log, 'core1');
    cores = [next];
    expect(next.core.note).toContain('1 rooms');
    expect((await next.metrics.core.lostTails.get()).values[0]?.value).toBe(1);
    expect(next.core.problem).toBeNull();
  });

  it('loses and doubles nothing while the server is killed', async () => {
    await relay.create('1');
    await relay.enter('1', ANN);
    const acknowledged: (number | null | undefined)[] = [];
    const talk = (async () => {
      for (let number = 0; number < 150; number += 1) {
        const id = `m${number}`;
        acknowledged.push(
          await eventually(id, async () => {
            const answer = await relay.say('1', ANN, id, id).catch(() => null);
            return answer?.ok === true && answer.seq;
          }),
        );
      }
    })();
    await eventually('a part', () => acknowledged.length > 30);
    await log.killAndRestart();
    await talk;
    const stored = (await eventsOf('1')).filter(({ event }) => event.type === 'message.posted');
    expect(stored.map(({ event }) => event.id)).toEqual(stored.map((_, index) => `m${index}`));
    expect(stored.map(({ seq }) => seq)).toEqual(acknowledged);
    expect(await story('1')).not.toContain('member.left ann');
    await folded('1');
  });
});

describe('several chat-cores', () => {
  it('share the rooms, and the others serve those of one that stops', async () => {
    cores.push(await startCore(log, 'core2'));
    const rooms = Array.from({ length: 12 }, (_, index) => `r${index}`);
    for (const { core, metrics } of cores) {
      await eventually('both to know each other', async () => {
        core.measure();
        return (await metrics.core.cores.get()).values[0]?.value === 2;
      });
    }
    for (const room of rooms) {
      expect(await relay.create(room)).toMatchObject({ ok: true });
      expect(await relay.enter(room, ANN)).toMatchObject({ ok: true });
    }
    const answered = async () =>
      Promise.all(
        cores.map(async ({ metrics }) => {
          const { values } = await metrics.core.commands.get();
          return values.filter(({ labels }) => labels.type === 'enter').length > 0;
        }),
      );
    expect(await answered()).toEqual([true, true]);
    expect(await relay.rooms()).toMatchObject({
      rooms: expect.arrayContaining(rooms.map((id) => expect.objectContaining({ id, members: 1 }))),
    });
    await cores[0]?.core.stop();
    cores.shift();
    for (const room of rooms) {
      await eventually(`${room} to be served`, async () => {
        const answer = await relay.say(room, ANN, 'still here').catch(() => null);
        return answer?.ok;
      });
      expect(await story(room)).not.toContain('member.left ann');
      await folded(room);
    }
  });

  it('that both believe to own a room write one order without a gap', async () => {
    await relay.create('1');
    await relay.enter('1', ANN);
    // Of the same name, each takes the other's heartbeat for its own, and answers everything.
    cores.push(await startCore(log, 'core1'));
    const texts = Array.from({ length: 100 }, (_, index) => `t${index}`);
    await Promise.all(texts.map((text) => relay.say('1', ANN, text, text)));
    await eventually('both to be done', async () => (await eventsOf('1')).length >= 102);
    const said = (await eventsOf('1')).filter(({ event }) => event.type === 'message.posted');
    expect(said.map(({ event }) => event.id).sort()).toEqual([...texts].sort());
    await folded('1');
    for (const { metrics } of cores) {
      const { values } = await metrics.core.commands.get();
      expect(values.find(({ labels }) => labels.type === 'say')?.value).toBe(texts.length);
    }
  });
});
