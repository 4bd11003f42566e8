import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type LogReader,
  roomEventOf,
  type StoredMessage,
  whisperOf,
} from '../../src/bus/log-reader.ts';
import { posted, TestLog, whispered } from '../support/log.ts';

let log: TestLog;
let reader: LogReader;

// Sequence 1 to 8; the odd ones up to 5 are of room a.
const ROOM = 'chatlog.room.a';
const STORED = [
  [ROOM, JSON.stringify(posted('a', 1, 'one'))],
  ['chatlog.room.b', JSON.stringify(posted('b', 1, 'other'))],
  [ROOM, JSON.stringify(posted('a', 2, 'two \u{1F600}'))],
  ['chatlog.user.6', JSON.stringify(whispered('w1', 'psst'))],
  [ROOM, JSON.stringify(posted('a', 3, 'three'))],
  ['chatlog.room.alien', 'not json \u0000'],
  ['chatlog.user.9', JSON.stringify(whispered('w2', 'psst'))],
  ['chatlog.room.alien', '{"v":2}'],
] as const;

beforeAll(async () => {
  log = await TestLog.start();
  const { bus, reader: opened, writer } = await log.open();
  reader = opened;
  const last = new Map<string, number>();
  const deadline = performance.now() + 10_000;
  for (const [index, [subject, payload]] of STORED.entries()) {
    if (subject.endsWith('alien')) {
      await bus.nc.jetstream().publish(subject, payload);
      continue;
    }
    const isRoom = subject.includes('.room.');
    const expectedLast = isRoom ? (last.get(subject) ?? 0) : null;
    const messageId = `m${index}`;
    const fields = { subject, payload, messageId, expectedLast, hash: null, deadline };
    last.set(subject, (await writer.append(fields)).seq);
  }
});

afterAll(() => log.stop());

const seqs = async (messages: AsyncIterable<StoredMessage>) => {
  const found: number[] = [];
  for await (const { seq } of messages) found.push(seq);
  return found;
};

describe('the reader of the log', () => {
  it('finds the newest of a subject, from any server and from the leader', async () => {
    const last = await reader.last(ROOM);
    expect(last).toMatchObject({ seq: 5, prev: 3, subject: ROOM, messageId: 'm4', hash: null });
    expect(last?.payload).toEqual(Buffer.from(STORED[4][1]));
    expect(await reader.lastFromLeader(ROOM)).toEqual(last);
  });

  it('finds the next of a subject at or after a sequence', async () => {
    const found = await Promise.all([0, 1, 2, 5].map((seq) => reader.next(ROOM, seq)));
    expect(found.map((message) => message?.seq)).toEqual([1, 1, 3, 5]);
    expect(await reader.next(ROOM, 6)).toBeNull();
  });

  it('finds what stands at a sequence', async () => {
    expect((await reader.at(2))?.subject).toBe('chatlog.room.b');
    expect(await reader.at(99)).toBeNull();
  });

  it('finds nothing under a subject that has nothing', async () => {
    const subject = 'chatlog.room.empty';
    const asked = [reader.last(subject), reader.lastFromLeader(subject), reader.next(subject, 0)];
    expect(await Promise.all(asked)).toEqual([null, null, null]);
    expect(await seqs(reader.forward(subject, 0, 99))).toEqual([]);
    expect(await seqs(reader.backward(subject, null))).toEqual([]);
  });

  it('walks a room forward and backward', async () => {
    expect(await seqs(reader.forward(ROOM, 0, 99))).toEqual([1, 3, 5]);
    expect(await seqs(reader.forward(ROOM, 2, 4))).toEqual([3]);
    expect(await seqs(reader.backward(ROOM, null))).toEqual([5, 3, 1]);
    expect(await seqs(reader.backward(ROOM, 5))).toEqual([3, 1]);
    expect(await seqs(reader.backward(ROOM, 1))).toEqual([]);
  });

  it('walks the subjects of all accounts as one', async () => {
    const anybody = 'chatlog.user.*';
    expect((await reader.last(anybody))?.seq).toBe(7);
    expect((await reader.lastFromLeader(anybody))?.seq).toBe(7);
    expect(await seqs(reader.forward(anybody, 0, 99))).toEqual([4, 7]);
  });

  it('takes a foreign message for none of our events', async () => {
    const alien = [await reader.at(6), await reader.at(8)];
    expect(alien.map((message) => message && roomEventOf(message))).toEqual([null, null]);
    const [room, user] = [await reader.at(1), await reader.at(4)];
    expect(room && roomEventOf(room)).toEqual({ seq: 1, prev: 0, event: posted('a', 1, 'one') });
    expect(user && whisperOf(user)?.event).toEqual(whispered('w1', 'psst'));
    expect(room && whisperOf(room)).toBeNull();
    expect(user && roomEventOf(user)).toBeNull();
  });

  it('says that nobody knows while there is no log', async () => {
    const { bus, reader: other } = await log.open();
    await (await bus.nc.jetstreamManager()).streams.delete('CHATLOG');
    await expect(other.last(ROOM)).rejects.toMatchObject({ passing: true });
    await expect(other.lastFromLeader(ROOM)).rejects.toMatchObject({ passing: true });
  });
});
