import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ahead, Append, LogWriter } from '../../src/bus/log-writer.ts';
import { eventually, TestLog } from '../support/log.ts';

let log: TestLog;

beforeAll(async () => {
  log = await TestLog.start();
});

afterAll(() => log.stop());

function append(room: string, messageId: string, expectedLast: number | null): Append {
  const deadline = performance.now() + 10_000;
  const subject = `chatlog.room.${room}`;
  return { subject, payload: messageId, messageId, expectedLast, hash: 'ab', deadline };
}

describe('an append', () => {
  it('is stored behind the message it expects, and nowhere else', async () => {
    const { writer, reader } = await log.open();
    const first = await writer.append(append('fence', 'fence:1', 0));
    const second = await writer.append(append('fence', 'fence:2', first.seq));
    expect([first.duplicate, second.duplicate]).toEqual([false, false]);
    for (const expected of [0, first.seq, second.seq + 1]) {
      const late = writer.append(append('fence', `fence:late:${expected}`, expected));
      await expect(late).rejects.toMatchObject({ kind: 'FENCED' });
    }
    expect(await reader.last('chatlog.room.fence')).toEqual({
      seq: second.seq,
      prev: first.seq,
      subject: 'chatlog.room.fence',
      payload: Buffer.from('fence:2'),
      messageId: 'fence:2',
      epoch: writer.epoch,
      hash: 'ab',
    });
  });

  it('leaves the process time for others while its connection is closing', async () => {
    const { bus, writer } = await log.open();
    // As it is for a moment while a connection is drained: it takes nothing and looks connected.
    const { protocol } = bus.nc as unknown as { protocol: { noMorePublishing: boolean } };
    protocol.noMorePublishing = true;
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    const deadline = performance.now() + 500;
    const late = writer.append({ ...append('closing', 'closing:1', 0), deadline });
    await expect(late).rejects.toMatchObject({ kind: 'DISCONNECTED' });
    clearInterval(timer);
    protocol.noMorePublishing = false;
    expect(turns).toBeGreaterThan(2);
  });

  it('with the id of one before it stores nothing and tells its place', async () => {
    const { writer } = await log.open();
    const first = await writer.append(append('twice', 'twice:1', 0));
    const second = await writer.append(append('twice', 'twice:2', first.seq));
    expect(await writer.append(append('twice', 'twice:1', second.seq))).toMatchObject({
      seq: first.seq,
      duplicate: true,
    });
  });

  it('with the id of one before and an old place is never stored again', async () => {
    const { writer, reader } = await log.open();
    const first = await writer.append(append('late', 'late:1', 0));
    const second = await writer.append(append('late', 'late:2', first.seq));
    // Servers before 2.12 compare the id first and tell its place, later ones compare the place first.
    const again = await writer.append(append('late', 'late:1', 0)).catch((error) => error.kind);
    expect([{ ...first, duplicate: true }, 'FENCED']).toContainEqual(again);
    expect((await reader.lastFromLeader('chatlog.room.late'))?.seq).toBe(second.seq);
  });

  it('of a second writer fences the first', async () => {
    const [one, other] = [await log.open(), await log.open()];
    const first = await one.writer.append(append('two', 'two:1', 0));
    await other.writer.append(append('two', 'two:2', first.seq));
    const late = one.writer.append(append('two', 'two:3', first.seq));
    await expect(late).rejects.toMatchObject({ kind: 'FENCED' });
  });

  it('too long for the server is refused at once', async () => {
    const { writer } = await log.open();
    const long = { ...append('long', 'long:1', 0), payload: 'x'.repeat(2_000_000) };
    await expect(writer.append(long)).rejects.toMatchObject({ kind: 'STORE' });
  });

  it('is given up at its deadline while the server does not answer', async () => {
    const { writer } = await log.open();
    await log.nats.kill('SIGSTOP');
    const deadline = performance.now() + 500;
    const late = writer.append({ ...append('late', 'late:1', 0), deadline });
    await expect(late).rejects.toMatchObject({ passing: true });
    await log.nats.kill('SIGCONT');
  });
});

async function allFenced(...sent: readonly (Ahead | null)[]): Promise<void> {
  const fenced = sent.map((ahead) =>
    expect(ahead?.stored).rejects.toMatchObject({ kind: 'FENCED' }),
  );
  await Promise.all(fenced);
}

describe('an append ahead', () => {
  it('is not sent before it is known where the log ends', async () => {
    const { writer } = await log.open();
    expect(writer.appendAhead(append('ahead0', 'ahead0:1', 0))).toBe(null);
  });

  it('is stored where it was foreseen, behind those that were sent before it', async () => {
    const { writer, reader } = await log.open();
    let { seq } = await writer.append(append('ahead1', 'ahead1:0', 0));
    const sent = Array.from({ length: 100 }, (_, index) => {
      const ahead = writer.appendAhead(append('ahead1', `ahead1:${index + 1}`, seq));
      seq = ahead?.seq ?? 0;
      return ahead;
    });
    for (const ahead of sent) {
      if (ahead === null) throw new Error('it was not sent');
      await ahead.stored;
    }
    const stored: (string | null)[] = [];
    for await (const { messageId, seq: at, prev } of reader.forward(
      'chatlog.room.ahead1',
      1,
      1e9,
    )) {
      expect(prev).toBe(stored.length === 0 ? 0 : at - 1);
      stored.push(messageId);
    }
    expect(stored).toEqual(Array.from({ length: 101 }, (_, index) => `ahead1:${index}`));
  });

  it('is not stored when one before it is not, nor anything else that was sent behind it', async () => {
    const [one, other] = [await log.open(), await log.open()];
    const first = await one.writer.append(append('ahead2', 'ahead2:1', 0));
    await other.writer.append(append('ahead2', 'ahead2:other', first.seq));
    const two = one.writer.appendAhead(append('ahead2', 'ahead2:2', first.seq));
    const three = one.writer.appendAhead(append('ahead2', 'ahead2:3', two?.seq ?? 0));
    const elsewhere = one.writer.append(append('ahead3', 'ahead3:1', 0));
    await allFenced(two, three);
    // It waits for nobody: that it was sent behind the others is no fault of its own.
    expect(await elsewhere).toMatchObject({ duplicate: false });
    const last = await one.reader.lastFromLeader('chatlog.room.ahead2');
    expect(last?.messageId).toBe('ahead2:other');
  });

  it('that is stored elsewhere than foreseen takes none along', async () => {
    const [one, other] = [await log.open(), await log.open()];
    const first = await one.writer.append(append('ahead4', 'ahead4:1', 0));
    await other.writer.append(append('ahead5', 'ahead5:1', 0));
    const two = one.writer.appendAhead(append('ahead4', 'ahead4:2', first.seq));
    const three = one.writer.appendAhead(append('ahead4', 'ahead4:3', two?.seq ?? 0));
    const four = one.writer.appendAhead(append('ahead4', 'ahead4:4', three?.seq ?? 0));
    await allFenced(two, three, four);
    const last = await one.reader.lastFromLeader('chatlog.room.ahead4');
    expect(last?.messageId).toBe('ahead4:2');
  });
});

describe('an epoch', () => {
  it('is over when the connection is lost', async () => {
    const { bus, writer } = await log.open();
    const before = writer.epoch;
    await bus.nc.reconnect();
    await eventually('another epoch', () => writer.epoch !== before);
    await bus.whenConnected(5000);
    expect(await writer.append(append('epoch1', 'epoch1:1', 0))).toMatchObject({
      duplicate: false,
      epoch: writer.epoch,
    });
  });

  it('is asked what it has stored, and the log is as it was', async () => {
    const [one, other] = [await log.open(), await log.open()];
    const wanted = { subject: 'chatlog.room.epoch2', messageId: 'epoch2:1' };
    expect(await other.writer.storedIn(one.writer.epoch, wanted)).toBeNull();
    const { seq } = await one.writer.append(append('epoch2', 'epoch2:1', 0));
    expect(await other.writer.storedIn(one.writer.epoch, wanted)).toBe(seq);
    expect(await other.writer.storedIn(other.writer.epoch, wanted)).toBeNull();
    expect(await other.writer.storedIn('', wanted)).toBeNull();
    expect(await one.reader.lastFromLeader(wanted.subject)).toMatchObject({ seq });
    expect((await one.reader.extent()).lastSeq).toBe(seq);
  });

  // The second writer's own first message was never stored, and what it sent behind that rests on it.
  it('does not take the message of another for its own', async () => {
    const [one, other] = [await log.open(), await log.open()];
    const first = await other.writer.append(append('epoch3', 'epoch3:1', 0));
    await one.writer.append(append('epoch3', 'epoch3:2', first.seq));
    const two = other.writer.appendAhead(append('epoch3', 'epoch3:2', first.seq));
    const three = other.writer.appendAhead(append('epoch3', 'epoch3:3', two?.seq ?? 0));
    await allFenced(two, three);
    const last = await one.reader.lastFromLeader('chatlog.room.epoch3');
    expect(last).toMatchObject({ messageId: 'epoch3:2', epoch: one.writer.epoch });
  });

  it('ends with each message that any writer may store', async () => {
    const { writer } = await log.open();
    const first = await writer.append(append('epoch4', 'epoch4:1', 0));
    const anybodys = writer.append(append('epoch5', 'epoch5:1', null));
    expect(writer.appendAhead(append('epoch4', 'epoch4:2', first.seq))).toBeNull();
    expect(await anybodys).toMatchObject({ epoch: '', duplicate: false });
    const ahead = writer.appendAhead(append('epoch4', 'epoch4:2', first.seq));
    await expect(ahead?.stored).resolves.toBeUndefined();
  });
});

describe('appends while the server is killed', () => {
  it('are stored once each, in the order of every room', async () => {
    const { writer, reader } = await log.open();
    const rooms = ['k1', 'k2', 'k3'];
    const perRoom = 250;
    const disturbance = killTwice();
    const acknowledged = await Promise.all(rooms.map((room) => appendMany(writer, room, perRoom)));
    await disturbance;
    for (const [index, room] of rooms.entries()) {
      const stored: { id: string | null; seq: number }[] = [];
      for await (const { messageId, seq } of reader.forward(`chatlog.room.${room}`, 1, 1e9)) {
        stored.push({ id: messageId, seq });
      }
      expect(stored).toEqual(acknowledged[index]);
      expect(stored).toHaveLength(perRoom);
    }
  });
});

async function appendMany(writer: LogWriter, room: string, count: number) {
  const acknowledged: { id: string; seq: number }[] = [];
  let last = 0;
  for (let number = 0; number < count; number += 1) {
    const id = `${room}:${number}`;
    const deadline = performance.now() + 20_000;
    last = (await writer.append({ ...append(room, id, last), deadline })).seq;
    acknowledged.push({ id, seq: last });
    // Spread over the time in which the server dies twice.
    await pause(4);
  }
  return acknowledged;
}

async function killTwice(): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    await pause(200);
    await log.killAndRestart();
  }
}
