import type { LogReader, StoredMessage } from '../bus/log-reader.ts';
import { roomEventOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { HistoryCommand } from '../domain/commands.ts';
import type { Logged } from '../domain/events.ts';

export interface HistoryPage {
  /** Oldest first. */
  readonly events: readonly Logged[];
  readonly more: boolean;
}

/**
 * One page of a room's log: the newest `limit` events before `before`, or, with `after`, the oldest
 * after it. It reads at most `SCAN_FACTOR` times as many messages, so a page of what was said may be
 * short in a room where people mostly come and go; `more` is true then. Rejects with `BusError`.
 */
export async function readHistory(
  reader: LogReader,
  room: string,
  command: HistoryCommand,
  limit: number,
): Promise<HistoryPage> {
  const subject = logSubjectOfRoom(room);
  const { before = null, after, spokenOnly = false } = command;
  if (after === undefined) {
    const page = await take(reader.backward(subject, before), limit, spokenOnly);
    return { events: [...page.events].reverse(), more: page.more };
  }
  const until = before === null ? Number.MAX_SAFE_INTEGER : before - 1;
  return take(reader.forward(subject, after + 1, until), limit, spokenOnly);
}

/** What a client missed: the events after `after` up to `upTo`; null when that is out of reach. */
export async function readMissed(
  reader: LogReader,
  room: string,
  after: number,
  upTo: number,
  limit: number,
): Promise<readonly Logged[] | null> {
  // A position that the log has not reached yet is one of another log.
  if (after > upTo) return null;
  const missed: Logged[] = [];
  for await (const message of reader.forward(logSubjectOfRoom(room), after + 1, upTo)) {
    // The first one found must follow what the client has, or older events are gone.
    if (missed.length === 0 && (message.prev ?? 0) > after) return null;
    if (missed.length >= limit) return null;
    const logged = roomEventOf(message);
    if (logged !== null) missed.push(logged);
  }
  return missed;
}

async function take(
  messages: AsyncIterable<StoredMessage>,
  limit: number,
  spokenOnly: boolean,
): Promise<HistoryPage> {
  const events: Logged[] = [];
  let scanned = 0;
  for await (const message of messages) {
    if (events.length >= limit || scanned >= limit * SCAN_FACTOR) return { events, more: true };
    scanned += 1;
    const logged = roomEventOf(message);
    if (logged !== null && (!spokenOnly || isSpoken(logged))) events.push(logged);
  }
  return { events, more: false };
}

function isSpoken({ event }: Logged): boolean {
  return event.type === 'message.posted' || event.type === 'notice.posted';
}

const SCAN_FACTOR = 10;
