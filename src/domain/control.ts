import { z } from 'zod';
import { actor, position } from './events.ts';
import { accountId, roomId } from './ids.ts';
import { processId } from './room-commands.ts';

/** A relay says that it lives, or that it ends. */
export const relayBeat = z.object({ relay: processId, stopping: z.boolean().optional() });
export type RelayBeat = z.infer<typeof relayBeat>;

/** A chat-core says that it lives, that it has just begun (others answer at once), or that it ends. */
export const coreBeat = z.object({
  core: processId,
  starting: z.boolean().optional(),
  stopping: z.boolean().optional(),
});

/** Asks every relay, or one, whom it has where. */
export const presenceRequest = z.object({ relay: processId.optional() });

/** A relay's answer, in as many parts as it takes; `last` is true in the last one. */
export const presencePart = z.object({
  relay: processId,
  last: z.boolean(),
  rooms: z.array(
    z.object({
      room: roomId,
      members: z.array(actor),
      /** Up to where the relay has told those members the room's events. */
      heard: position.optional(),
      /** Whose last connection here broke a moment ago, with what each had heard. */
      lost: z.array(z.object({ member: actor, heard: position.optional() })).optional(),
    }),
  ),
});
export type PresencePart = z.infer<typeof presencePart>;

/**
 * A relay says up to where it has told its members the events of rooms. `again`: a chat-core repeats
 * it to one that begins.
 */
export const heardReport = z.object({
  relay: processId,
  again: z.boolean().optional(),
  rooms: z.array(z.object({ room: roomId, seq: position })),
});
export type HeardReport = z.infer<typeof heardReport>;

/** Asks one relay whether it has a session of an account in a room; it answers with `hereAnswer`. */
export const hereRequest = z.object({ room: roomId, account: accountId });
export const hereAnswer = z.object({ here: z.boolean() });

/** A connection as its relay tells operators of it. */
export const connectionReport = z.object({
  id: z.string(),
  kind: z.enum(['tcp', 'websocket', 'tunnel']),
  /** Null: nothing was said yet. */
  dialect: z.string().nullable(),
  remoteAddress: z.string(),
  account: actor.nullable(),
  rooms: z.array(roomId),
  outboxBytes: z.int().min(0),
  openForMs: z.number().min(0),
  /** The newest refusal that it was told. */
  refused: z.object({ code: z.string(), agoMs: z.number().min(0) }).nullable(),
});
export type ConnectionReport = z.infer<typeof connectionReport>;

/** What a relay answers who asks for its connections: some of them, and how many there are. */
export const connectionsAnswer = z.object({
  relay: processId,
  total: z.int().min(0),
  connections: z.array(connectionReport),
});
export type ConnectionsAnswer = z.infer<typeof connectionsAnswer>;
