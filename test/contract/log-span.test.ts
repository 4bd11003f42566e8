import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { appendHeaders, LogReader, roomEventOf } from '../../src/bus/log-reader.ts';
import { ensureLogStream } from '../../src/bus/log-stream.ts';
import { logSubjectOfRoom } from '../../src/bus/subjects.ts';
import { findSpan, type Span } from '../../src/cli/log-span.ts';
import type { RoomEvent } from '../../src/domain/events.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-23T00:00:00Z');
const SUBJECT = logSubjectOfRoom('1');
// One event every ten minutes; after each comes one of another room, and once something that is no event.
const TIMES = Array.from({ length: 40 }, (_, index) => START + index * 10 * MINUTE);
const FOREIGN_AFTER = 20;

let server: TestNatsServer;
let bus: BusConnection;
let reader: LogReader;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await BusConnection.open({ url: server.url, name: 'test', reconnectWaitMs: 100 });
  await ensureLogStream(bus, { replicas: 1, duplicateWindowMs: 1000 });
  reader = new LogReader(bus, { timeoutMs: 5000, pendingMax: 100 });
  let last = 0;
  for (const [index, time] of TIMES.entries()) {
    last = await append(SUBJECT, `a${index}`, last, event(index, time));
    await append(logSubjectOfRoom('2'), `b${index}`, null, event(index, time));
    if (index === FOREIGN_AFTER) last = await append(SUBJECT, 'foreign', last, { other: true });
  }
});

afterAll(async () => {
  reader.stop();
  await bus.close();
  await server.stop();
});

describe('a span of a room', () => {
  const at = (index: number) => START + index * 10 * MINUTE;
  it.each<[what: string, span: Span]>([
    ['everything', { since: null, until: null, limit: null }],
    ['since a time that an event has', { since: at(7), until: null, limit: null }],
    ['since a time between two events', { since: at(7) + 1, until: null, limit: null }],
    ['until a time that an event has', { since: null, until: at(7), limit: null }],
    ['until a time near the foreign message', { since: null, until: at(21), limit: null }],
    ['between two times', { since: at(3), until: at(30), limit: null }],
    ['before the first', { since: null, until: at(0), limit: null }],
    ['after the last', { since: at(40), until: null, limit: null }],
    ['from late to early', { since: at(30), until: at(3), limit: null }],
    ['the newest', { since: null, until: null, limit: 1 }],
    ['the newest five', { since: null, until: null, limit: 5 }],
    ['more than there are', { since: null, until: null, limit: 1000 }],
    ['the newest five before a time', { since: null, until: at(23), limit: 5 }],
    ['the newest of a short span', { since: at(20), until: at(22), limit: 5 }],
    ['the newest of an empty span', { since: at(40), until: null, limit: 5 }],
  ])('%s', async (_what, span) => {
    const { since, until, limit } = span;
    const expected = TIMES.filter(
      (time) => (since === null || time >= since) && (until === null || time < until),
    ).slice(limit === null ? 0 : -limit);
    expect(await timesOf(span)).toEqual(expected);
  });

  it('of a room where nothing ever happened', async () => {
    const span = { since: null, until: null, limit: null };
    expect(await findSpan(reader, logSubjectOfRoom('9'), span)).toBe('empty');
  });
});

async function timesOf(span: Span): Promise<number[]> {
  const found = await findSpan(reader, SUBJECT, span);
  if (found === 'empty') return [];
  const times: number[] = [];
  for await (const message of reader.forward(SUBJECT, found.fromSeq, found.toSeq)) {
    const logged = roomEventOf(message);
    if (logged !== null && found.holds(logged.event)) times.push(Date.parse(logged.event.time));
  }
  return times;
}

async function append(subject: string, id: string, last: number | null, what: object) {
  const headers = appendHeaders(id, last, null);
  const ack = await bus.nc.jetstream().publish(subject, JSON.stringify(what), { headers });
  return ack.seq;
}

function event(index: number, time: number): RoomEvent {
  return {
    v: 1,
    id: `e${index}`,
    n: index + 1,
    type: 'message.posted',
    room: '1',
    time: new Date(time).toISOString(),
    from: { id: '6', name: 'enobrev' },
    text: String(index),
    via: 'json',
  };
}
