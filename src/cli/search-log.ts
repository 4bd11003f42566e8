import type { BusConnection } from '../bus/bus-connection.ts';
import { type LogReader, roomEventOf, type StoredMessage, whisperOf } from '../bus/log-reader.ts';
import { type ScannedMessage, scanLog } from '../bus/log-scan.ts';
import { ALL_LOGGED_ROOMS, LOG_SUBJECTS, logSubjectOfRoom } from '../bus/subjects.ts';
import type { Logged, RoomEvent, WhisperEvent } from '../domain/events.ts';
import { nameKey } from '../domain/ids.ts';
import type { Query } from '../transcripts/query.ts';
import { EVERYTHING, findSpan } from './log-span.ts';

/** What is looked for, and where; times in milliseconds since 1970, null: no limit. */
export interface Search {
  readonly query: Query;
  /** Null: every room that the log knows. */
  readonly room: string | null;
  /** Who said it, by the name of then; null: anybody. */
  readonly person: string | null;
  readonly since: number | null;
  readonly until: number | null;
  /** Private messages, too. */
  readonly whispers: boolean;
}

export type Said = Extract<RoomEvent, { type: 'message.posted' | 'notice.posted' }>;
export type Hit = Logged<Said> | Logged<WhisperEvent>;

/** How far a search is: `share` is from 0 to 1. */
export type OnProgress = (messages: number, share: number) => void;

/** What was said and matches, in the order of the log. Hears how far it is after each batch. */
export async function* searchLog(
  bus: BusConnection,
  reader: LogReader,
  search: Search,
  onProgress: OnProgress,
): AsyncGenerator<Hit> {
  const rooms = search.room === null ? ALL_LOGGED_ROOMS : logSubjectOfRoom(search.room);
  const { since, until } = search;
  const found = await findSpan(reader, rooms, { ...EVERYTHING, since, until }, SEEK_FROM);
  if (found === 'empty') return;
  // The newest whispers come after what the rooms have.
  const toSeq = search.whispers && until === null ? Number.MAX_SAFE_INTEGER : found.toSeq;
  const subject = search.whispers ? LOG_SUBJECTS : rooms;
  const { fromSeq } = found;
  let messages = 0;
  for await (const batch of scanLog(bus, { subject, fromSeq, toSeq })) {
    for (const message of batch) {
      const hit = hitOf(message, search);
      if (hit !== null) yield hit;
    }
    messages += batch.length;
    const at = batch.at(-1)?.seq ?? fromSeq;
    onProgress(messages, (at - fromSeq) / Math.max(1, found.toSeq - fromSeq));
  }
}

/** So many events of the room before and after one, oldest first. */
export async function contextOf(
  reader: LogReader,
  { seq, prev, event }: Logged<Said>,
  count: number,
): Promise<{ before: Logged[]; after: Logged[] }> {
  const subject = logSubjectOfRoom(event.room);
  const before: Logged[] = [];
  let message = prev === 0 ? null : await reader.at(prev);
  while (message !== null && before.length < count) {
    before.unshift(...eventIn(message));
    message = message.prev === null || message.prev === 0 ? null : await reader.at(message.prev);
  }
  const after: Logged[] = [];
  for await (const next of reader.forward(subject, seq + 1, Number.MAX_SAFE_INTEGER)) {
    if (after.length === count) break;
    after.push(...eventIn(next));
  }
  return { before, after };
}

export function isOfRoom(hit: Hit): hit is Logged<Said> {
  return hit.event.type !== 'whisper.posted';
}

function eventIn(message: StoredMessage): Logged[] {
  const logged = roomEventOf(message);
  return logged === null ? [] : [logged];
}

// Cheapest first: most of a log is told apart by its bytes.
function hitOf(message: ScannedMessage, search: Search): Hit | null {
  if (!search.query.mayMatch(message.payload)) return null;
  const hit = saidIn(message);
  return hit !== null && search.query.matches(hit.event.text) && isMeant(hit, search) ? hit : null;
}

function saidIn(message: ScannedMessage): Hit | null {
  const logged = roomEventOf(message);
  if (logged === null) return whisperOf(message);
  const { seq, prev, event } = logged;
  const isSaid = event.type === 'message.posted' || event.type === 'notice.posted';
  return isSaid ? { seq, prev, event } : null;
}

function isMeant({ event }: Hit, { since, until, person }: Search): boolean {
  const time = Date.parse(event.time);
  return (
    (since === null || time >= since) &&
    (until === null || time < until) &&
    (person === null || nameKey(event.from.name) === nameKey(person))
  );
}

// Below that, reading everything is faster than finding where to begin.
const SEEK_FROM = 100_000;
