import { z } from 'zod';
import { actor, position, replayId, via } from './events.ts';
import { accountId, displayName, messageId, roomId } from './ids.ts';
import { isRefusalCode, type Refusal } from './refusals.ts';

/** The id of a running relay or chat-core. */
export const processId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a process id');

const common = { id: messageId, from: actor, via };
const aboutMember = {
  user: accountId,
  reason: z.string().max(200).optional().describe('Why; told to the room.'),
};
const seconds = z
  .int()
  .min(1)
  .max(31_536_000)
  .optional()
  .describe('For how long; left out: until it is undone.');

/**
 * What people and bots can do in a room, and the operator with it; `common` says who it is, `ofSay` is
 * what else a `say` has.
 */
export function actsOf<C extends z.ZodRawShape, S extends z.ZodRawShape>(common: C, ofSay: S) {
  const moderation = { ...common, ...aboutMember };
  return [
    z.object({ ...common, ...ofSay, type: z.literal('say'), text: z.string() }),
    z.object({ ...common, type: z.literal('announce'), text: z.string() }),
    z.object({ ...moderation, type: z.literal('kick') }),
    z.object({ ...moderation, type: z.literal('mute'), seconds }),
    z.object({ ...moderation, type: z.literal('unmute') }),
    z.object({ ...moderation, type: z.literal('ban'), seconds }),
    z.object({ ...moderation, type: z.literal('unban') }),
    z.object({ ...common, type: z.literal('create'), name: displayName }),
    z.object({ ...common, type: z.literal('remove') }),
  ] as const;
}

/** A request on `chatcmd.relay.room.<room>` (protocol.md §5.4). `id` makes sending it again harmless. */
export const roomCommand = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('enter'), relay: processId }),
  z.object({
    ...common,
    type: z.literal('leave'),
    relay: processId,
    /** The connection broke: the account may come back within the grace (protocol.md §6.1). */
    lost: z.boolean().optional(),
    heard: position.optional(),
  }),
  ...actsOf(common, {
    quiet: z
      .boolean()
      .optional()
      .describe('Its event is the answer, when this request has stored it: none is sent.'),
    after: messageId
      .optional()
      .describe(
        'Of the same author; while chat-core has not heard it, this is refused with TRY_AGAIN.',
      ),
  }),
  z.object({
    ...common,
    type: z.literal('replay'),
    replay: replayId,
    /** Which event of which other room is told again: chat-core reads it itself. */
    source: z.object({ room: roomId, seq: z.int().min(1) }),
  }),
  z.object({ type: z.literal('members') }),
]);
export type RoomCommand = z.infer<typeof roomCommand>;
export type RoomCommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>;

/** A request on `chatcmd.relay.user.<account>`. */
export const userCommand = z.object({ ...common, type: z.literal('whisper'), text: z.string() });
export type UserCommand = z.infer<typeof userCommand>;

/** A request on `chatcmd.login`. */
export const loginCommand = z.object({
  credentials: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('password'),
      user: z.string().max(256),
      password: z.string().max(1024),
    }),
    z.object({ kind: z.literal('token'), token: z.string().max(8192) }),
    z.object({ kind: z.literal('guest'), name: z.string().max(256) }),
  ]),
});

/** What an account may do. A `bot` is a member that speaks without being in a room. */
export const role = z.enum(['member', 'moderator', 'guest', 'bot']);
export type Role = z.infer<typeof role>;

const refused = z.object({
  ok: z.literal(false),
  code: z.string().refine(isRefusalCode).describe('A code of protocol.md, section 8.'),
  message: z.string(),
});

/**
 * What chat-core answers to a room command. `members` and `name` come with `enter` and `members`,
 * `heard` with an `enter` of an account that was away without having left (protocol.md §6.1).
 */
export const roomAnswer = z.union([
  refused,
  z.object({
    ok: z.literal(true),
    seq: z.int().min(0).describe('The sequence in the log of the event that says it.'),
    name: z.string().optional(),
    members: z.array(actor).optional(),
    announced: z.boolean().optional(),
    heard: position.optional(),
  }),
]);
export type RoomAnswer = z.infer<typeof roomAnswer>;

export const userAnswer = z.union([refused, z.object({ ok: z.literal(true), seq: z.int() })]);

export const loginAnswer = z.union([
  refused,
  z.object({ ok: z.literal(true), user: actor, role, session: z.string() }),
]);
export type LoginAnswer = z.infer<typeof loginAnswer>;

export const roomsAnswer = z.union([
  refused,
  z.object({
    ok: z.literal(true),
    rooms: z.array(z.object({ id: roomId, name: z.string(), members: z.int().min(0) })),
  }),
]);
export type RoomsAnswer = z.infer<typeof roomsAnswer>;

/** A refusal as an answer on the bus. */
export function refuse({ code, message }: Refusal): z.infer<typeof refused> {
  return { ok: false, code, message };
}
