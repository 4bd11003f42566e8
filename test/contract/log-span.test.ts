import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { appendHeaders, LogReader } from '../../src/bus/log-reader.ts';
import { ensureLogStream } from '../../src/bus/log-stream.ts';
import { logSubjectOfRoom } from '../../src/bus/subjects.ts';
import {
  EVERYTHING,
  eventsOf,
  type FoundSpan,
  findAround,
  findSpan,
  type Span,
} from '../../src/cli/log-span.ts';
import type { Logged, RoomEvent } from '../../src/domain/events.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-23T00:00:00Z');
const SUBJECT = logSubjectOfRoom('1');
// One event every ten minutes; after each comes one of another room, and once something that is no event.
const TIMES = Array.from({ length: 40 }, (_, index) => START + index * 10 * MINUTE);
const FOREIGN_AFTER = 20;

// Other work on the machine may make it wait.
const FILLED_WITHIN_MS = 120_000;

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
}, FILLED_WITHIN_MS);

afterAll(async () => {
  reader.stop();
  await bus.close();
  await server.stop();
});

describe('a span of a room', () => {
  const at = (index: number) => START + index * 10 * MINUTE;
  it.each<[what: string, span: Partial<Span>]>([
    ['everything', {}],
    ['since a time that an event has', { since: at(7) }],
    ['since a time between two events', { since: at(7) + 1 }],
    ['until a time that an event has', { until: at(7) }],
    ['until a time near the foreign message', { until: at(21) }],
    ['between two times', { since: at(3), until: at(30) }],
    ['before the first', { until: at(0) }],
    ['after the last', { since: at(40) }],
    ['from late to early', { since: at(30), until: at(3) }],
    ['the newest', { limit: 1 }],
    ['the newest five', { limit: 5 }],
    ['more than there are', { limit: 1000 }],
    ['the newest five before a time', { until: at(23), limit: 5 }],
    ['the newest of a short span', { since: at(20), until: at(22), limit: 5 }],
    ['the newest of an empty span', { since: at(40), limit: 5 }],
  ])('%s', async (_what, span) => {
    const { since, until, limit } = { ...EVERYTHING, ...span };
    const expected = TIMES.filter(
      (time) => (since === null || time >= since) && (until === null || time < until),
    ).slice(limit === null ? 0 : -limit);
    expect(await timesOf(await find(span))).toEqual(expected);
    // A short log is not worth the steps: it is read as a whole, and gives the same.
    expect(await timesOf(await find(span, 10_000))).toEqual(expected);
  });

  it('of a room where nothing ever happened', async () => {
    expect(await findSpan(reader, logSubjectOfRoom('9'), EVERYTHING)).toBe('empty');
  });

  it('by place', async () => {
    const seqs = await seqsOf(await find({}));
    const [tenth = 0, twentieth = 0] = [seqs[10], seqs[20]];
    expect(await seqsOf(await find({ after: tenth }))).toEqual(seqs.slice(11));
    expect(await seqsOf(await find({ before: tenth }))).toEqual(seqs.slice(0, 10));
    expect(await seqsOf(await find({ after: tenth, limit: 3 }))).toEqual(seqs.slice(11, 14));
    expect(await seqsOf(await find({ before: tenth, limit: 3 }))).toEqual(seqs.slice(7, 10));
    const between = { after: tenth, before: twentieth, limit: 2 };
    expect(await seqsOf(await find(between))).toEqual(seqs.slice(18, 20));
  });

  it('of one person', async () => {
    const only = ({ n }: RoomEvent) => n % 10 === 1;
    const seqs = await seqsOf(await find({}));
    const expected = [seqs[0], seqs[10], seqs[20], seqs[30]];
    expect(await seqsOf(await find({ only }))).toEqual(expected);
    expect(await seqsOf(await find({ only, limit: 2 }))).toEqual(expected.slice(2));
  });

  it.each([
    [1, 0, 0],
    [2, 0, 1],
    [5, 2, 2],
    [1000, 1000, 1000],
  ])('around a sequence, %i of them', async (limit, older, newer) => {
    const seqs = await seqsOf(await find({}));
    const around = await findAround(reader, SUBJECT, seqs[20] ?? 0, limit);
    expect(await seqsOf(around)).toEqual(seqs.slice(Math.max(0, 20 - older), 21 + newer));
  });
});

async function find(span: Partial<Span>, seekFrom = 1): Promise<FoundSpan | 'empty'> {
  return findSpan(reader, SUBJECT, { ...EVERYTHING, ...span }, seekFrom);
}

async function eventsIn(found: FoundSpan | 'empty'): Promise<Logged[]> {
  if (found === 'empty') return [];
  const events: Logged[] = [];
  for await (const batch of eventsOf(bus, SUBJECT, found)) events.push(...batch);
  return events;
}

async function timesOf(found: FoundSpan | 'empty'): Promise<number[]> {
  return (await eventsIn(found)).map(({ event }) => Date.parse(event.time));
}

async function seqsOf(found: FoundSpan | 'empty'): Promise<number[]> {
  return (await eventsIn(found)).map(({ seq }) => seq);
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
