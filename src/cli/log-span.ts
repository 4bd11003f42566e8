import type { BusConnection } from '../bus/bus-connection.ts';
import { type LogReader, roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import { scanLog } from '../bus/log-scan.ts';
import type { Logged, RoomEvent } from '../domain/events.ts';

/** Which events of a room are asked for; times in milliseconds since 1970, null: no limit. */
export interface Span {
  /** At this time or later. */
  readonly since: number | null;
  /** Before this time. */
  readonly until: number | null;
  /** With a higher sequence. */
  readonly after: number | null;
  /** With a lower sequence. */
  readonly before: number | null;
  /** So many of them: the oldest with `after` alone, else the newest. */
  readonly limit: number | null;
  /** Only those that this is true of. */
  readonly only: ((event: RoomEvent) => boolean) | null;
}

export const EVERYTHING: Span = {
  ...{ since: null, until: null, after: null, before: null, limit: null, only: null },
};

/** Where they are in the log. Between the two sequences, `holds` tells which are meant. */
export interface FoundSpan {
  readonly fromSeq: number;
  readonly toSeq: number;
  holds(event: RoomEvent): boolean;
  /** When so many with a higher sequence than `after` were had, the rest is not meant. */
  readonly atMost: { readonly after: number; readonly count: number } | null;
}

/**
 * Finds the place of a span in the log in steps that double, not by reading all of it; `empty`: there is
 * nothing. Where the log is shorter than `seekFrom` it is not worth the steps.
 */
export async function findSpan(
  reader: LogReader,
  subject: string,
  span: Span,
  seekFrom = 10_000,
): Promise<FoundSpan | 'empty'> {
  const newest = await reader.last(subject);
  if (newest === null) return 'empty';
  const { limit, after, before } = span;
  const times = newest.seq < seekFrom ? { ...span, since: null, until: null } : span;
  const found = await byTime(reader, subject, times, newest.seq);
  const fromSeq = Math.max(found.fromSeq, (after ?? 0) + 1);
  const toSeq = Math.min(found.toSeq, (before ?? Number.POSITIVE_INFINITY) - 1);
  const holds = holding(span);
  if (limit === null) return { fromSeq, toSeq, holds, atMost: null };
  if (after !== null && before === null) {
    return { fromSeq, toSeq, holds, atMost: { after, count: limit } };
  }
  const start = await startOfNewest(reader, subject, { fromSeq, toSeq }, limit, holds);
  return { fromSeq: start, toSeq, holds, atMost: null };
}

/** The span around a sequence: `limit` events, half of them from that one back. */
export async function findAround(
  reader: LogReader,
  subject: string,
  seq: number,
  limit: number,
): Promise<FoundSpan | 'empty'> {
  const half = Math.floor(limit / 2);
  const span = { ...EVERYTHING, before: seq + 1, limit: Math.max(1, limit - half) };
  const found = await findSpan(reader, subject, span);
  if (found === 'empty') return 'empty';
  const toSeq = half === 0 ? seq : Number.MAX_SAFE_INTEGER;
  return { ...found, toSeq, atMost: { after: seq, count: half } };
}

/** The events of a span, in batches, oldest first; `onSeq` hears how far the reading is. */
export async function* eventsOf(
  bus: BusConnection,
  subject: string,
  { fromSeq, toSeq, holds, atMost }: FoundSpan,
  onSeq: (seq: number) => void = () => undefined,
): AsyncGenerator<readonly Logged[]> {
  let left = atMost?.count ?? Number.POSITIVE_INFINITY;
  for await (const batch of scanLog(bus, { subject, fromSeq, toSeq })) {
    const events: Logged[] = [];
    for (const message of batch) {
      const logged = roomEventOf(message);
      if (logged === null || !holds(logged.event)) continue;
      if (atMost !== null && logged.seq > atMost.after) left -= 1;
      if (left < 0) break;
      events.push(logged);
    }
    yield events;
    if (left < 0) return;
    onSeq(batch.at(-1)?.seq ?? fromSeq);
  }
}

function holding({ since, until, only }: Span): (event: RoomEvent) => boolean {
  return (event) =>
    (since === null || Date.parse(event.time) >= since) &&
    (until === null || Date.parse(event.time) < until) &&
    (only === null || only(event));
}

async function byTime(
  reader: LogReader,
  subject: string,
  { since, until }: Pick<Span, 'since' | 'until'>,
  newest: number,
): Promise<{ fromSeq: number; toSeq: number }> {
  const firstAt = (time: number, unknown: number) =>
    firstSeqAt(
      (seq) => reader.next(subject, seq),
      newest + 1,
      (at) => timeOf(at, unknown) >= time,
    );
  // What is no event has no time: it is taken as what makes the span longer, and passed over later.
  const fromSeq = since === null ? 1 : await firstAt(since - CLOCKS_DIFFER_MS, Infinity);
  const toSeq = until === null ? newest : (await firstAt(until + CLOCKS_DIFFER_MS, -Infinity)) - 1;
  return { fromSeq, toSeq };
}

// Times are those of the chat-cores that wrote the events; two machines do not agree to the millisecond.
const CLOCKS_DIFFER_MS = 60_000;

async function firstSeqAt(
  next: (seq: number) => Promise<StoredMessage | null>,
  end: number,
  isLate: (message: StoredMessage) => boolean,
): Promise<number> {
  let low = 1;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await next(middle);
    if (message === null || isLate(message)) high = middle;
    else low = message.seq + 1;
  }
  return low;
}

function timeOf(message: StoredMessage, unknown: number): number {
  const logged = roomEventOf(message);
  return logged === null ? unknown : Date.parse(logged.event.time);
}

async function startOfNewest(
  reader: LogReader,
  subject: string,
  { fromSeq, toSeq }: { fromSeq: number; toSeq: number },
  limit: number,
  holds: (event: RoomEvent) => boolean,
): Promise<number> {
  let start = toSeq + 1;
  let counted = 0;
  for await (const message of reader.backward(subject, toSeq + 1)) {
    if (message.seq < fromSeq || counted === limit) break;
    const logged = roomEventOf(message);
    if (logged === null || !holds(logged.event)) continue;
    counted += 1;
    start = message.seq;
  }
  return start;
}
