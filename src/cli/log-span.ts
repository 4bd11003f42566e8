import { type LogReader, roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import type { RoomEvent } from '../domain/events.ts';

/** Which events of a room are asked for; times in milliseconds since 1970, null: no limit. */
export interface Span {
  /** At this time or later. */
  readonly since: number | null;
  /** Before this time. */
  readonly until: number | null;
  /** The newest so many of them. */
  readonly limit: number | null;
}

/** Where they are in the log. Between the two sequences, `holds` tells which are meant. */
export interface FoundSpan {
  readonly fromSeq: number;
  readonly toSeq: number;
  holds(event: RoomEvent): boolean;
}

/** Finds the place of a span in the log in steps that double, not by reading all of it; `empty`: there is nothing. */
export async function findSpan(
  reader: LogReader,
  subject: string,
  span: Span,
): Promise<FoundSpan | 'empty'> {
  const newest = await reader.last(subject);
  if (newest === null) return 'empty';
  const { since, until, limit } = span;
  const holds = (event: RoomEvent) => {
    const time = Date.parse(event.time);
    return (since === null || time >= since) && (until === null || time < until);
  };
  const end = newest.seq + 1;
  const firstAt = (time: number, unknown: number) =>
    firstSeqAt(
      (seq) => reader.next(subject, seq),
      end,
      (at) => timeOf(at, unknown) >= time,
    );
  // What is no event has no time: it is taken as what makes the span longer, and passed over later.
  const fromSeq = since === null ? 1 : await firstAt(since - CLOCKS_DIFFER_MS, Infinity);
  const toSeq =
    until === null ? newest.seq : (await firstAt(until + CLOCKS_DIFFER_MS, -Infinity)) - 1;
  if (limit === null) return { fromSeq, toSeq, holds };
  const seqs = { fromSeq, toSeq };
  return { ...seqs, fromSeq: await startOfNewest(reader, subject, seqs, limit, holds), holds };
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
  for await (const message of backward(reader, subject, toSeq)) {
    if (message.seq < fromSeq || counted === limit) break;
    const logged = roomEventOf(message);
    if (logged === null || !holds(logged.event)) continue;
    counted += 1;
    start = message.seq;
  }
  return start;
}

async function* backward(
  reader: LogReader,
  subject: string,
  toSeq: number,
): AsyncGenerator<StoredMessage> {
  const after = await reader.next(subject, toSeq + 1);
  let message = after === null ? await reader.last(subject) : await before(reader, after);
  while (message !== null) {
    yield message;
    message = await before(reader, message);
  }
}

async function before(reader: LogReader, message: StoredMessage): Promise<StoredMessage | null> {
  return message.prev === null || message.prev === 0 ? null : reader.at(message.prev);
}
