import { z } from 'zod';
import { type Actor, type RoomEvent, roomEvent, type Via } from './events.ts';
import { isAccountId, isDisplayName, isRoomId, SYSTEM_ID } from './ids.ts';

/**
 * The room event that some JSON is, or null: what the schema `roomEvent` makes of it. What is said and who
 * comes and goes is most of a log, and read without the schema: as chat-core writes it in one go, which
 * takes a third of the time, and else when it is parsed.
 */
export function readRoomEvent(json: string): RoomEvent | null {
  const written = commonEvent(writtenIn(json));
  if (written !== null) return written;
  const value = parsed(json);
  return commonEvent(value) ?? roomEvent.safeParse(value).data ?? null;
}

// Where nothing is escaped, the text between two quotes is the string.
const PLAIN = '"([^"\\\\\\x00-\\x1f]*)"';
const ACTOR = `{"id":${PLAIN},"name":${PLAIN}}`;
const WRITTEN = new RegExp(
  `^{"v":1,"id":${PLAIN},"n":([1-9]\\d{0,15}),"type":${PLAIN},"room":${PLAIN},"time":${PLAIN},` +
    `"from":${ACTOR},(?:"text":${PLAIN}|"member":${ACTOR}),"via":${PLAIN}}$`,
);

function writtenIn(json: string): unknown {
  const found = WRITTEN.exec(json);
  if (found === null) return null;
  const [, id, n, type, room, time, by, name, text, member, memberName, via] = found;
  // One literal of them all: to spread objects takes longer than all the rest.
  const from = { id: by, name };
  const who = member === undefined ? undefined : { id: member, name: memberName };
  return { v: 1, id, n: Number(n), type, room, time, from, text, member: who, via };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON is one of the things that a foreign message may be: the schema refuses undefined.
    return undefined;
  }
}

// Null decides nothing: the schema does. The order of fields is that of the schema, which JSON Lines show.
function commonEvent(value: unknown): RoomEvent | null {
  if (!isRecord(value)) return null;
  const { v, id, n, room, time, via, type, from, member, text, heard, replayed } = value;
  const by = actorIn(from);
  if (v !== 1 || by === null || !isEventId(id) || !isPositive(n) || !isVia(via)) return null;
  if (typeof room !== 'string' || !isRoomId(room)) return null;
  if (typeof time !== 'string' || !TIME.test(time) || replayed !== undefined) return null;
  if (type === 'message.posted' || type === 'notice.posted') {
    return typeof text === 'string' ? { v, id, n, room, time, from: by, via, type, text } : null;
  }
  if (type !== 'member.entered' && type !== 'member.left') return null;
  const who = actorIn(member);
  if (who === null || heard !== undefined) return null;
  return { v, id, n, room, time, from: by, via, type, member: who };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function actorIn(value: unknown): Actor | null {
  if (!isRecord(value)) return null;
  const { id, name } = value;
  if (typeof id !== 'string' || !(id === SYSTEM_ID || isAccountId(id))) return null;
  return typeof name === 'string' && isDisplayName(name) ? { id, name } : null;
}

function isEventId(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 64;
}

function isPositive(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value >= 1;
}

function isVia(value: unknown): value is Via {
  return value === 'xml' || value === 'json' || value === 'nats';
}

const TIME = z.regexes.datetime({ precision: 3 });
