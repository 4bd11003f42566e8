import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogReader, roomEventOf } from '../../src/bus/log-reader.ts';
import { chainHash, FIRST_HASH } from '../../src/core/room-state.ts';
import type { Actor, Logged } from '../../src/domain/events.ts';
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
  const core = await startCore(log, 'core1');
  cores = [core];
  for (const account of [ANN, ENOBREV]) await addAccount(core.stores, account);
  await addAccount(core.stores, MOD, 'moderator');
});

afterEach(async () => {
  relay.stop();
  for (const { core } of cores) await core.stop();
  await log.stop();
});

/** What the room's log holds, its numbers, links and hashes checked on the way. */
async function checkedEvents(room: string): Promise<Logged[]> {
  const events: Logged[] = [];
  let hash = FIRST_HASH;
  for await (const message of reader.forward(`chatlog.room.${room}`, 1, 1e9)) {
    const logged = roomEventOf(message);
    if (logged === null) throw new Error('a message that is no event');
    hash = chainHash(hash, message.payload);
    const place = [message.hash, logged.event.n, logged.prev];
    expect(place).toEqual([hash, events.length + 1, events.at(-1)?.seq ?? 0]);
    events.push(logged);
  }
  return events;
}

describe('those who enter at once', () => {
  const somebody = (number: number): Actor => ({ id: String(100 + number), name: `n${number}` });

  it('go to the log together, and each is told who is there at its own place', async () => {
    await relay.create('1');
    await relay.enter('1', ANN);
    const actors = Array.from({ length: 30 }, (_, index) => somebody(index));
    const answers = await Promise.all(actors.map((actor) => relay.enter('1', actor)));
    const entered = (await checkedEvents('1')).slice(1);
    expect(entered.map(({ event }) => event.from.id)).toEqual([ANN, ...actors].map(({ id }) => id));
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({ ok: true, announced: true, seq: entered[index + 1]?.seq });
      expect(answer).toHaveProperty('members', [ANN, ...actors.slice(0, index + 1)]);
    }
    const values = (await cores[0]?.metrics.core.together.get())?.values ?? [];
    expect(values.find(({ labels }) => labels.outcome === 'stored')?.value).toBeGreaterThan(20);
  });

  it('are no more than the room may have, and each once', async () => {
    await relay.create('1');
    const actors = Array.from({ length: 60 }, (_, index) => somebody(index % 55));
    const answers = await Promise.all(actors.map((actor) => relay.enter('1', actor)));
    expect(answers.filter((answer) => !answer.ok && answer.code === 'ROOM_FULL')).toHaveLength(5);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(55);
    const entered = (await checkedEvents('1')).slice(1);
    expect(entered.map(({ event }) => event.from.id)).toEqual(
      actors.slice(0, 50).map(({ id }) => id),
    );
  });
});

describe('messages that come at once', () => {
  const say = (count: number, name: string) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        relay.say('1', index % 2 === 0 ? ANN : ENOBREV, `${name} ${index}`, `${name}${index}`),
      ),
    );
  const together = async () => {
    const values = (await cores[0]?.metrics.core.together.get())?.values ?? [];
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  const texts = async () =>
    (await checkedEvents('1')).flatMap(({ event }) => ('text' in event ? [event.text] : []));

  beforeEach(async () => {
    await relay.create('1');
    for (const account of [ANN, ENOBREV]) await relay.enter('1', account);
  });

  it('go to the log together, in their order, with the same chain as one by one', async () => {
    const seqs = (await say(200, 'm')).map((answer) => answer.ok && answer.seq);
    expect(await texts()).toEqual(Array.from({ length: 200 }, (_, index) => `m ${index}`));
    expect(seqs).toEqual((await checkedEvents('1')).slice(3).map(({ seq }) => seq));
    const { stored, again } = await together();
    expect({ isMost: (stored ?? 0) > 150, again }).toEqual({ isMost: true, again: 0 });
  });

  it('are decided each on what the one before it leaves', async () => {
    const answers = await Promise.all([
      ...['a', 'b', 'a'].map((id) => relay.say('1', ANN, `said ${id}`, id)),
      relay.say('1', MOD, 'from outside', 'c'),
      relay.command('1', { type: 'mute', from: MOD, user: ANN.id }),
      ...['d', 'e'].map((id) => relay.say('1', ANN, id, id)),
      relay.say('1', ENOBREV, 'last', 'f'),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual([
      ...['ok', 'ok', 'ok', 'ok', 'ok', 'MUTED', 'MUTED', 'ok'],
    ]);
    expect(answers[2]).toEqual(answers[0]);
    expect(await texts()).toEqual(['said a', 'said b', 'from outside', 'last']);
  });

  it('are stored once each although another writes into the log all the time', async () => {
    const other = await startCore(log, 'core2', { guests: false });
    cores.push(other);
    let isDone = false;
    const whispers = (async () => {
      while (!isDone) await relay.request(`chatcmd.user.${ANN.id}`, whisperOf(ENOBREV));
    })();
    for (let round = 0; round < 5; round += 1) {
      const answers = await say(60, `r${round}-`);
      expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    }
    isDone = true;
    await whispers;
    expect(await texts()).toHaveLength(300);
    expect(new Set(await texts()).size).toBe(300);
  });

  it('have no other answer than their event, for who wants none', async () => {
    const quiet = (id: string, from = ANN) =>
      relay.command('1', { type: 'say', from, text: id, id, quiet: true });
    let answered = 0;
    const onAnswer = () => {
      answered += 1;
    };
    // Their requests end unanswered with the test.
    for (const id of ['q1', 'q2']) void quiet(id).then(onAnswer, () => undefined);
    await say(2, 'after');
    expect(await texts()).toEqual(['q1', 'q2', 'after 0', 'after 1']);
    expect(answered).toBe(0);
    // What was stored before has no event to come.
    expect(await quiet('q1')).toMatchObject({ ok: true });
    expect(await quiet('q3', { id: '77', name: 'nobody' } as never)).toMatchObject({ ok: false });
  });

  it('are not stored before one that they come after', async () => {
    const sayAfter = (id: string, before: string) =>
      relay.command('1', { type: 'say', from: ANN, text: id, id, after: before });
    expect(await sayAfter('b', 'a')).toMatchObject({ ok: false, code: 'TRY_AGAIN' });
    const answers = await Promise.all([
      relay.say('1', ANN, 'a', 'a'),
      sayAfter('b', 'a'),
      sayAfter('c', 'b'),
      sayAfter('d', 'x'),
    ]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(await texts()).toEqual(['a', 'b', 'c']);
  });

  it('are known again by the core that comes next, however many came after them', async () => {
    const first = await relay.say('1', ANN, 'once', 'once');
    await say(100, 'more');
    await cores.pop()?.core.stop();
    cores.push(await startCore(log, 'core2'));
    expect(await relay.say('1', ANN, 'again', 'once')).toEqual(first);
    expect(await relay.say('1', ANN, 'new', 'new')).toMatchObject({ ok: true });
    expect(await texts()).toHaveLength(102);
  });

  it('are stored once each while the server is killed', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `k${index}`);
    const talk = Promise.all(
      ids.map((id) =>
        eventually(id, async () => {
          const answer = await relay.say('1', ANN, id, id).catch(() => null);
          return answer?.ok === true && answer.seq;
        }),
      ),
    );
    await log.killAndRestart();
    const seqs = await talk;
    const stored = (await checkedEvents('1')).filter(
      ({ event }) => event.type === 'message.posted',
    );
    expect(stored.map(({ event }) => event.id).sort()).toEqual([...ids].sort());
    const places = new Map(stored.map(({ event, seq }) => [event.id, seq]));
    expect(seqs).toEqual(ids.map((id) => places.get(id)));
  });
});

function whisperOf(from: Actor) {
  return { type: 'whisper', id: randomUUID(), from, text: 'psst', via: 'json' };
}
