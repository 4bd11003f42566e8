import type { LogReader, StoredMessage } from '../bus/log-reader.ts';
import { roomEventOf, whisperOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom, logSubjectOfUser } from '../bus/subjects.ts';
import type { HistoryCommand } from '../domain/commands.ts';
import type { Logged, RoomEvent, WhisperEvent } from '../domain/events.ts';

export interface PageLimits {
  readonly events: number;
  /** Of the stored events together; the one that reaches it is the last. */
  readonly bytes: number;
}

interface Page<Event> {
  /** In the order in which they were read. */
  readonly events: readonly Logged<Event>[];
  readonly more: boolean;
}

export type HistoryPage = Page<RoomEvent>;

/**
 * One page of a room's log: the newest events before `before`, or, with `after`, the oldest after it.
 * It reads at most `SCAN_FACTOR` times as many messages, so a page of what was said may be short in a
 * room where people mostly come and go; `more` is true then. Rejects with `BusError`.
 */
export async function readHistory(
  reader: LogReader,
  room: string,
  command: HistoryCommand,
  limits: PageLimits,
): Promise<HistoryPage> {
  const subject = logSubjectOfRoom(room);
  const { before = null, after, spokenOnly = false } = command;
  if (after === undefined) {
    const page = await take(reader.backward(subject, before), limits, spokenOnly);
    return { events: [...page.events].reverse(), more: page.more };
  }
  const until = before === null ? Number.MAX_SAFE_INTEGER : before - 1;
  return take(reader.forward(subject, after + 1, until), limits, spokenOnly);
}

export interface Missed {
  /** Oldest first; the newest ones when not all are within the limits. */
  readonly events: readonly Logged[];
  /** True when nothing between the two positions is left out. */
  readonly whole: boolean;
}

/** What a client missed: the events after `after` up to and including `upTo`. Rejects with `BusError`. */
export async function readMissed(
  reader: LogReader,
  room: string,
  span: { readonly after: number; readonly upTo: number },
  limits: PageLimits,
): Promise<Missed> {
  const { after, upTo } = span;
  // A position that the log has not reached yet is one of another log.
  if (after > upTo) return { events: [], whole: false };
  const subject = logSubjectOfRoom(room);
  const first = await reader.next(subject, after + 1);
  const gone = first === null ? upTo > after : !follows(first, after);
  const page = await take(reader.forward(subject, after + 1, upTo), limits, false);
  if (!page.more) return { events: page.events, whole: !gone };
  const newest = await take(reader.backward(subject, upTo + 1), limits, false);
  return { events: [...newest.events].reverse(), whole: false };
}

// The first one must follow the very one that the client has, or older events are gone, or it has them
// of another log. One before which the log had none left does not tell, unless it is the room's first.
function follows(first: StoredMessage, after: number): boolean {
  const { prev } = first;
  if (prev === null || prev > 0) return prev === null || prev === after;
  return after === 0 && roomEventOf(first)?.event.n === 1;
}

/**
 * What was said in a room after `after`, up to and including `upTo`: the newest of it within the
 * limits. Rejects with `BusError`.
 */
export async function readUnheard(
  reader: LogReader,
  room: string,
  span: { readonly after: number; readonly upTo: number },
  limits: PageLimits,
): Promise<Missed> {
  const { after, upTo } = span;
  let oldest: StoredMessage | null = null;
  async function* missed() {
    for await (const message of reader.backward(logSubjectOfRoom(room), upTo + 1)) {
      if (message.seq <= after) return;
      oldest = message;
      yield message;
    }
  }
  const { events, more } = await take(missed(), limits, true);
  const reached = oldest === null ? after === upTo : follows(oldest, after);
  return { events: [...events].reverse(), whole: !more && reached };
}

/** The oldest private messages to an account after `after`. Rejects with `BusError`. */
export function readWhispers(
  reader: LogReader,
  account: string,
  after: number,
  limits: PageLimits,
): Promise<Page<WhisperEvent>> {
  const messages = reader.forward(logSubjectOfUser(account), after + 1, Number.MAX_SAFE_INTEGER);
  return gather(messages, limits, whisperOf);
}

function take(
  messages: AsyncIterable<StoredMessage>,
  limits: PageLimits,
  spokenOnly: boolean,
): Promise<HistoryPage> {
  return gather(messages, limits, (message) => {
    const logged = roomEventOf(message);
    return logged === null || (spokenOnly && !isSpoken(logged)) ? null : logged;
  });
}

async function gather<Event>(
  messages: AsyncIterable<StoredMessage>,
  limits: PageLimits,
  read: (message: StoredMessage) => Logged<Event> | null,
): Promise<Page<Event>> {
  const events: Logged<Event>[] = [];
  let scanned = 0;
  let bytes = 0;
  for await (const message of messages) {
    if (scanned >= limits.events * SCAN_FACTOR) return { events, more: true };
    scanned += 1;
    const logged = read(message);
    if (logged === null) continue;
    const isFull = events.length >= limits.events || bytes >= limits.bytes;
    if (isFull) return { events, more: true };
    events.push(logged);
    bytes += message.payload.length;
  }
  return { events, more: false };
}

function isSpoken({ event }: Logged): boolean {
  return event.type === 'message.posted' || event.type === 'notice.posted';
}

const SCAN_FACTOR = 10;
