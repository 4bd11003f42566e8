import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BusConnection } from '../../src/bus/bus-connection.ts';
import { roomEventOf } from '../../src/bus/log-reader.ts';
import { roomsInLog, scanLog } from '../../src/bus/log-scan.ts';
import { ALL_LOGGED_ROOMS, logSubjectOfRoom, logSubjectOfUser } from '../../src/bus/subjects.ts';
import { eventually, posted, TestLog, whispered } from '../support/log.ts';

const EACH = 3000;
const ALL = { fromSeq: 1, toSeq: Number.MAX_SAFE_INTEGER };

// Other work on the machine may make it wait.
const FILLED_WITHIN_MS = 120_000;

let log: TestLog;
let bus: BusConnection;

beforeAll(async () => {
  log = await TestLog.start();
  const opened = await log.open();
  bus = opened.bus;
  const { writer } = opened;
  const common = { expectedLast: null, hash: null, deadline: performance.now() + FILLED_WITHIN_MS };
  const append = (subject: string, messageId: string, event: object) =>
    writer.append({ ...common, subject, messageId, payload: JSON.stringify(event) });
  const rooms = ['1', '2'].flatMap((room) =>
    Array.from({ length: EACH }, (_, index) =>
      append(logSubjectOfRoom(room), `${room}-${index}`, posted(room, index + 1, `m${index}`)),
    ),
  );
  await Promise.all([...rooms, append(logSubjectOfUser('6'), 'w', whispered('w', 'psst'))]);
}, FILLED_WITHIN_MS);

afterAll(() => log.stop());

describe('a scan', () => {
  it('reads a room whole and in order', async () => {
    expect(await numbers(logSubjectOfRoom('1'))).toEqual(range(1, EACH));
  });

  it('reads every room and no private message', async () => {
    const subjects = new Set<string>();
    let count = 0;
    for await (const batch of scanLog(bus, { subject: ALL_LOGGED_ROOMS, ...ALL })) {
      count += batch.length;
      for (const { subject } of batch) subjects.add(subject);
    }
    expect(count).toBe(2 * EACH);
    expect([...subjects].sort()).toEqual(['chatlog.room.1', 'chatlog.room.2']);
  });

  it('knows the place of each message and what its headers say', async () => {
    const [first] = await take(logSubjectOfRoom('2'), 1);
    const stored = first?.stored();
    expect(stored).toMatchObject({ messageId: '2-0', subject: 'chatlog.room.2', seq: first?.seq });
    const reader = (await log.open()).reader;
    expect(await reader.at(first?.seq ?? 0)).toEqual(stored);
  });

  it.each([
    ['from one sequence to another', 101, 1500],
    ['a single one', 7, 7],
    ['from the end on', 2 * EACH + 2, 2 * EACH + 100],
    ['nothing', 10, 9],
  ])('reads %s', async (_what, fromSeq, toSeq) => {
    const found: number[] = [];
    for await (const batch of scanLog(bus, { subject: 'chatlog.>', fromSeq, toSeq })) {
      found.push(...batch.map(({ seq }) => seq));
    }
    expect(found).toEqual(range(fromSeq, Math.min(toSeq, 2 * EACH + 1)));
  });

  it('ends where nothing is', async () => {
    expect(await numbers(logSubjectOfRoom('nowhere'))).toEqual([]);
  });

  it('holds no more than it was asked for, and leaves no consumer behind', async () => {
    const manager = await bus.nc.jetstreamManager();
    const scan = scanLog(bus, { subject: 'chatlog.>', ...ALL });
    expect((await scan.next()).value?.length).toBeLessThanOrEqual(2000);
    const [consumer] = await manager.consumers.list('CHATLOG').next();
    // Whoever does not take what was read is not sent more.
    expect(consumer?.delivered.consumer_seq).toBeLessThanOrEqual(4000);
    await scan.return(undefined);
    expect(await manager.consumers.list('CHATLOG').next()).toEqual([]);
  });

  it('goes on after its consumer was lost, each message once', async () => {
    const manager = await bus.nc.jetstreamManager();
    const found: number[] = [];
    for await (const batch of scanLog(bus, { subject: logSubjectOfRoom('1'), ...ALL })) {
      found.push(...batch.flatMap((message) => roomEventOf(message)?.event.n ?? []));
      for (const { name } of await manager.consumers.list('CHATLOG').next()) {
        await manager.consumers.delete('CHATLOG', name);
      }
    }
    expect(found).toEqual(range(1, EACH));
  });

  it('goes on after NATS was killed, each message once', async () => {
    const found: number[] = [];
    for await (const batch of scanLog(bus, { subject: logSubjectOfRoom('1'), ...ALL })) {
      if (found.length === 0) {
        await log.killAndRestart();
        await eventually('the loss is noticed', () => bus.status === 'connected');
      }
      found.push(...batch.flatMap((message) => roomEventOf(message)?.event.n ?? []));
    }
    expect(found).toEqual(range(1, EACH));
  });
});

it('the log knows its rooms', async () => {
  const rooms = await roomsInLog(bus);
  expect([...rooms].sort()).toEqual([
    ['1', EACH],
    ['2', EACH],
  ]);
});

async function numbers(subject: string): Promise<number[]> {
  const found: number[] = [];
  for await (const batch of scanLog(bus, { subject, ...ALL })) {
    found.push(...batch.flatMap((message) => roomEventOf(message)?.event.n ?? []));
  }
  return found;
}

async function take(subject: string, count: number) {
  for await (const batch of scanLog(bus, { subject, ...ALL })) return batch.slice(0, count);
  return [];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
