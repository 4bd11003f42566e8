import { headers as newHeaders } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusConnection } from '../../src/bus/bus-connection.ts';
import type { LogReader } from '../../src/bus/log-reader.ts';
import { ensureLogStream } from '../../src/bus/log-stream.ts';
import type { LogWriter } from '../../src/bus/log-writer.ts';
import { RoomFeed } from '../../src/bus/room-feed.ts';
import { WhisperFeed } from '../../src/bus/whisper-feed.ts';
import { startCuttable } from '../support/cuttable.ts';
import { eventually, posted, TestLog, whispered } from '../support/log.ts';

let log: TestLog;
let bus: BusConnection;
let reader: LogReader;
let writer: LogWriter;
const endings: (() => void)[] = [];

beforeEach(async () => {
  log = await TestLog.start();
  ({ bus, reader } = await log.open());
  ({ writer } = await log.open());
});

afterEach(async () => {
  for (const end of endings.splice(0)) end();
  await log.stop();
});

const deadline = () => performance.now() + 10_000;

async function say(room: string, n: number, after: number, mark = 'text'): Promise<number> {
  const subject = `chatlog.room.${room}`;
  const payload = JSON.stringify(posted(room, n, `${mark} ${n}`));
  const id = { messageId: `${mark}:${room}:${n}`, expectedLast: after, hash: null };
  return (await writer.append({ subject, payload, ...id, deadline: deadline() })).seq;
}

async function sayMany(
  room: string,
  from: number,
  to: number,
  after: number,
  mark?: string,
): Promise<number> {
  let last = after;
  for (let n = from; n <= to; n += 1) last = await say(room, n, last, mark);
  return last;
}

async function whisper(to: string, id: string): Promise<number> {
  const payload = JSON.stringify(whispered(id, id));
  const subject = `chatlog.user.${to}`;
  const fields = { messageId: id, expectedLast: null, hash: null, deadline: deadline() };
  return (await writer.append({ subject, payload, ...fields })).seq;
}

function hear(room: string, by: { bus: BusConnection; reader: LogReader } = { bus, reader }) {
  const heard = { numbers: [] as number[], healed: 0, foreign: [] as number[], resets: 0 };
  const feed = new RoomFeed(by.bus, by.reader, room, {
    onEvent: ({ event }) => heard.numbers.push(event.n),
    onHealed: (messages) => {
      heard.healed += messages;
    },
    onForeign: (seq) => heard.foreign.push(seq),
    onReset: () => {
      heard.resets += 1;
    },
  });
  endings.push(() => feed.stop());
  return { feed, heard };
}

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

async function makeStreamAnew() {
  await (await bus.nc.jetstreamManager()).streams.delete('CHATLOG');
  await ensureLogStream(bus, { replicas: 1, duplicateWindowMs: 120_000 });
}

describe('the feed of a room', () => {
  it('delivers in the order of the log, from where it is told to start', async () => {
    const { feed, heard } = hear('1');
    await bus.nc.flush();
    const second = await sayMany('1', 1, 2, 0);
    await sayMany('1', 3, 50, second);
    expect(heard.numbers).toEqual([]);
    feed.startAfter(second);
    feed.startAfter(0);
    await eventually('all', () => heard.numbers.length === 48);
    expect(heard.numbers).toEqual(upTo(50).slice(2));
    const last = feed.position ?? 0;
    await say('1', 51, last);
    await eventually('the live one', () => heard.numbers.at(-1) === 51);
    expect(heard.resets).toBe(0);
  });

  it('misses and doubles nothing through kills of the server', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    await bus.nc.flush();
    const talk = sayMany('1', 1, 600, 0);
    await eventually('a first part', () => heard.numbers.length > 50);
    await log.killAndRestart();
    await eventually('a second part', () => heard.numbers.length > 250);
    await log.killAndRestart();
    await talk;
    await eventually('all', () => heard.numbers.length >= 600);
    expect(heard).toEqual({ numbers: upTo(600), healed: heard.healed, foreign: [], resets: 0 });
  });

  it('goes on with what is live after a look into the log, however much comes', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    await bus.nc.flush();
    const looks = setInterval(() => feed.check(), 5);
    await sayMany('1', 1, 500, 0);
    await eventually('all', () => heard.numbers.length >= 500);
    clearInterval(looks);
    expect(heard).toMatchObject({ numbers: upTo(500), resets: 0 });
    expect(heard.healed).toBeLessThan(400);
  });

  it('reads what was stored while it alone was away', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    const last = await sayMany('1', 1, 5, 0);
    await eventually('the first', () => heard.numbers.length === 5);
    // Stored while nobody hears: the feed's subscription is gone for the time.
    const { heard: other } = hear('1');
    await bus.nc.flush();
    await bus.nc.reconnect();
    await sayMany('1', 6, 60, last);
    await eventually('the others', () => heard.numbers.length === 60);
    expect(heard.numbers).toEqual(upTo(60));
    expect(other.numbers).toEqual([]);
  });

  it('finds a last message that was lost, when it is told to look', async () => {
    const { feed, heard } = hear('1');
    const last = await sayMany('1', 1, 3, 0);
    feed.startAfter(0);
    feed.check();
    await eventually('all', () => heard.numbers.length === 3);
    feed.check();
    await say('1', 4, last);
    await eventually('the live one', () => heard.numbers.length === 4);
    expect({ numbers: heard.numbers, resets: heard.resets }).toEqual({
      numbers: upTo(4),
      resets: 0,
    });
  });

  it('ignores what somebody publishes on the live subject', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    await bus.nc.flush();
    const stranger = await log.connect();
    const forged = JSON.stringify(posted('1', 1, 'forged'));
    stranger.nc.publish('chat.room.1', forged);
    const headers = newHeaders();
    headers.set('Nats-Sequence', '1');
    headers.set('Nats-Last-Sequence', '0');
    headers.set('Nats-Stream', 'OTHER');
    stranger.nc.publish('chat.room.1', forged, { headers });
    await stranger.nc.flush();
    await say('1', 1, 0);
    await eventually('the true one', () => heard.numbers.length > 0);
    expect(heard.numbers).toEqual([1]);
    expect(heard.foreign).toEqual([]);
  });

  it('goes on after a forged place far ahead', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    await bus.nc.flush();
    const headers = newHeaders();
    headers.set('Nats-Sequence', '1000000');
    headers.set('Nats-Last-Sequence', '999999');
    headers.set('Nats-Stream', 'CHATLOG');
    bus.nc.publish('chat.room.1', 'forged', { headers });
    await bus.nc.flush();
    const last = await sayMany('1', 1, 3, 0);
    await eventually('the true ones', () => heard.numbers.length === 3);
    // Once it knows better it is live again: no more is read from the log than at first.
    await sayMany('1', 4, 30, last);
    await eventually('the later ones', () => heard.numbers.length === 30);
    expect(heard.numbers).toEqual(upTo(30));
    expect(heard.healed).toBeLessThan(15);
  });

  it('passes over a message in the log that is no event', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    const first = await say('1', 1, 0);
    const { seq } = await bus.nc.jetstream().publish('chatlog.room.1', 'alien');
    await say('1', 2, seq);
    await eventually('both', () => heard.numbers.length === 2);
    expect(seq).toBe(first + 1);
    expect({ numbers: heard.numbers, foreign: heard.foreign }).toEqual({
      numbers: [1, 2],
      foreign: [seq],
    });
  });

  it('begins anew with a stream that was made anew', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    await bus.nc.flush();
    await sayMany('1', 1, 20, 0);
    await eventually('the old ones', () => heard.numbers.length === 20);
    await makeStreamAnew();
    const last = await sayMany('1', 1, 3, 0);
    await eventually('the new ones', () => heard.numbers.length === 23);
    await say('1', 4, last);
    await eventually('a live one', () => heard.numbers.length === 24);
    expect(heard).toMatchObject({ numbers: [...upTo(20), ...upTo(4)], resets: 1 });
  });

  it.each([
    ['has grown past the old place', 40],
    ['reaches just as far', 20],
    ['has that place between two of its own', 10],
  ])('begins anew with a stream that was made anew while it was away and %s', async (_, count) => {
    const way = await startCuttable(log.nats.port);
    const away = await log.open(`nats://127.0.0.1:${way.port}`);
    const { feed, heard } = hear('1', away);
    await away.bus.nc.flush();
    const last = await sayMany('1', 1, 20, 0);
    feed.startAfter(last - 5);
    await eventually('the old ones', () => heard.numbers.length === 5);
    way.cut();
    await makeStreamAnew();
    let newest = 0;
    let elsewhere = 0;
    for (let n = 1; n <= count; n += 1) {
      newest = await say('1', n, newest, 'other');
      // In between, so that no message of the room stands at the old place.
      if (count === 10) elsewhere = await sayMany('2', n * 3 - 2, n * 3, elsewhere, 'other');
    }
    way.mend();
    await eventually('all of the new log', () => heard.numbers.length === 5 + count);
    await say('1', count + 1, newest, 'other');
    await eventually('a live one', () => heard.numbers.length === 5 + count + 1);
    expect(heard).toMatchObject({
      numbers: [...upTo(20).slice(15), ...upTo(count + 1)],
      resets: 1,
    });
    feed.stop();
    way.stop();
  });

  it('does not take a stream that has dropped its place for another one', async () => {
    const { feed, heard } = hear('1');
    await bus.nc.flush();
    feed.startAfter(0);
    const last = await sayMany('1', 1, 5, 0);
    await eventually('the first', () => heard.numbers.length === 5);
    const { streams } = await bus.nc.jetstreamManager();
    const { config } = await streams.info('CHATLOG');
    await streams.update('CHATLOG', { ...config, max_msgs: 3 });
    await sayMany('2', 1, 5, 0);
    feed.check();
    await say('1', 6, 0);
    await eventually('the next', () => heard.numbers.length === 6);
    expect(heard).toMatchObject({ numbers: upTo(6), resets: 0 });
    expect(last).toBe(5);
  });

  it('delivers nothing after it was stopped', async () => {
    const { feed, heard } = hear('1');
    feed.startAfter(0);
    feed.check();
    feed.stop();
    await sayMany('1', 1, 3, 0);
    await bus.nc.flush();
    expect(heard.numbers).toEqual([]);
  });
});

describe('the feed of whispers', () => {
  async function hearWhispers() {
    const heard: string[] = [];
    const foreign: number[] = [];
    const feed = new WhisperFeed(bus, reader, {
      onWhisper: ({ event }) => heard.push(event.id),
      onForeign: (seq) => foreign.push(seq),
    });
    endings.push(() => feed.stop());
    await feed.start();
    return { feed, heard, foreign };
  }

  it('begins behind what was whispered before', async () => {
    await whisper('6', 'before');
    const { heard, foreign } = await hearWhispers();
    await bus.nc.flush();
    await whisper('6', 'one');
    await whisper('9', 'two');
    const { seq } = await bus.nc.jetstream().publish('chatlog.user.9', 'alien');
    await whisper('6', 'three');
    await eventually('all', () => heard.length === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(foreign).toEqual([seq]);
  });

  it('reads what was whispered while the server was killed before what comes later', async () => {
    await whisper('6', 'before');
    const { heard } = await hearWhispers();
    await bus.nc.flush();
    const ids = Array.from({ length: 300 }, (_, index) => `w${index}`);
    const talk = (async () => {
      for (const [index, id] of ids.entries()) await whisper(index % 2 === 0 ? '6' : '9', id);
    })();
    for (const part of [30, 120]) {
      await eventually('a part', () => heard.length > part);
      await log.killAndRestart();
    }
    await talk;
    await eventually('all', () => heard.length >= ids.length);
    expect(heard).toEqual(ids);
  });

  it('does not bring up old whispers when the log cannot be asked at first', async () => {
    await whisper('6', 'before');
    await log.nats.kill('SIGSTOP');
    const starting = hearWhispers();
    const { heard } = await starting;
    await log.nats.kill('SIGCONT');
    await whisper('6', 'after');
    await eventually('what came after the start', async () => {
      if (heard.length === 0) await whisper('6', `more${performance.now()}`.slice(0, 20));
      return heard.length > 0;
    });
    expect(heard).not.toContain('before');
  });

  it('begins with the first of a log that is made later', async () => {
    await (await bus.nc.jetstreamManager()).streams.delete('CHATLOG');
    const { heard } = await hearWhispers();
    await ensureLogStream(bus, { replicas: 1, duplicateWindowMs: 120_000 });
    await whisper('6', 'first');
    await eventually('the first', () => heard.length === 1);
    expect(heard).toEqual(['first']);
  });

  it('begins anew with a stream that was made anew', async () => {
    await whisper('6', 'old1');
    await whisper('6', 'old2');
    const { heard } = await hearWhispers();
    await makeStreamAnew();
    await whisper('6', 'new');
    await eventually('the new one', () => heard.length === 1);
    expect(heard).toEqual(['new']);
  });
});
