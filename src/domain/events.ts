import { z } from 'zod';
import { accountId, displayName, roomId, SYSTEM_ID } from './ids.ts';

/** Who did something, as they were called then. `{ id: "0", name: "system" }` is the system. */
export const actor = z.object({
  id: z.union([accountId, z.literal(SYSTEM_ID)]).describe('An account id; 0 is the system.'),
  name: displayName,
});
export type Actor = z.infer<typeof actor>;

export const SYSTEM: Actor = { id: SYSTEM_ID, name: 'system' };

export const via = z.enum(['xml', 'json', 'nats']).describe('The wire that it was born on.');
export type Via = z.infer<typeof via>;

/** A sequence of the log; 0 is before the first. */
export const position = z.int().min(0).describe('A sequence of the log.');

const eventId = z
  .string()
  .min(1)
  .max(64)
  .describe('The message id that the sender gave, or one that was made up.');
const time = z.iso.datetime({ precision: 3 }).describe('UTC, by the clock of chat-core.');
const until = z.iso
  .datetime({ precision: 3 })
  .nullable()
  .describe('When it ends by itself; null: when it is undone.');
const reason = z.string().describe('Why, in the words of who did it.');

/** The name of a replay: what it has told already it does not tell again. */
export const replayId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'the name of a replay');

/** What an event was that is told again (protocol.md §5.7): who said it is a name, and no account. */
export const replayed = z.object({
  replay: replayId,
  room: roomId,
  seq: z.int().min(1).describe('The sequence of what it was, in the log.'),
  time: time.describe('When it was.'),
  name: displayName.describe('Who it was of, as they were called then.'),
});

const envelope = {
  v: z.literal(1),
  id: eventId,
  n: z.int().min(1).describe('Counts the events of the room from 1 without a gap.'),
  room: roomId,
  time,
  from: actor,
  via,
  replayed: replayed.optional().describe('There when a replay tells the event again.'),
};

/** What happened in a room (protocol.md §5.2). Fields are only ever added; unknown ones are read past. */
export const roomEvent = z.discriminatedUnion('type', [
  z.object({ ...envelope, type: z.literal('message.posted'), text: z.string() }),
  z.object({ ...envelope, type: z.literal('notice.posted'), text: z.string() }),
  z.object({ ...envelope, type: z.literal('member.entered'), member: actor }),
  z.object({
    ...envelope,
    type: z.literal('member.left'),
    member: actor,
    /** Up to where it was told the room's events, when its connection broke (protocol.md §6.1). */
    heard: position.optional(),
  }),
  z.object({
    ...envelope,
    type: z.literal('member.kicked'),
    member: actor,
    reason: reason.optional(),
  }),
  z.object({
    ...envelope,
    type: z.literal('member.muted'),
    member: actor,
    until,
    reason: reason.optional(),
  }),
  z.object({ ...envelope, type: z.literal('member.unmuted'), member: actor }),
  z.object({
    ...envelope,
    type: z.literal('member.banned'),
    member: actor,
    until,
    reason: reason.optional(),
  }),
  z.object({ ...envelope, type: z.literal('member.unbanned'), member: actor }),
  z.object({ ...envelope, type: z.literal('room.created'), name: displayName }),
  z.object({
    ...envelope,
    type: z.literal('room.changed'),
    name: displayName.optional(),
    closed: z.boolean().optional().describe('The room is gone.'),
  }),
]);
export type RoomEvent = z.infer<typeof roomEvent>;
export type RoomEventType = RoomEvent['type'];

/** A private message (protocol.md §5.2). It never reaches a room's subject. */
export const whisperEvent = z.object({
  v: z.literal(1),
  id: eventId,
  type: z.literal('whisper.posted'),
  time,
  from: actor,
  to: actor,
  text: z.string(),
  via,
});
export type WhisperEvent = z.infer<typeof whisperEvent>;

/**
 * An event at its place in the log: `seq` is its JetStream sequence, `prev` the sequence of the
 * event before it on the same subject (0 for the first).
 */
export interface Logged<Event = RoomEvent> {
  readonly seq: number;
  readonly prev: number;
  readonly event: Event;
}
