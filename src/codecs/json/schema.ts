import { z } from 'zod';
import { accountId, messageId, roomId } from '../../domain/ids.ts';

const sequence = z.int().min(0);
const text = z.string();
const reason = z.string().max(200).optional();
const seconds = z.int().min(1).max(31_536_000).optional();
const moderation = { room: roomId, user: accountId, reason };

/**
 * The commands of the JSON wire (protocol.md §4). Fields that are not named are read past; `ref` is
 * read beside them.
 */
export const commandSchema = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('login'),
      user: z.string().max(256).optional(),
      password: z.string().max(1024).optional(),
      token: z.string().max(8192).optional(),
      session: z.string().max(8192).optional(),
      guest: z.string().max(256).optional(),
    })
    .refine(hasOneKindOfCredentials, 'login needs user and password, or a token, or a guest name'),
  z.object({ type: z.literal('rooms') }),
  z.object({ type: z.literal('join'), room: roomId, after: sequence.optional() }),
  z.object({ type: z.literal('leave'), room: roomId }),
  z
    .object({
      type: z.literal('say'),
      room: roomId.optional(),
      rooms: z.array(roomId).min(1).max(32).optional(),
      text,
      id: messageId.optional(),
    })
    .refine(({ room, rooms }) => (room === undefined) !== (rooms === undefined), {
      error: 'say needs a room, or rooms',
      path: ['room'],
    }),
  z.object({ type: z.literal('whisper'), to: accountId, text, id: messageId.optional() }),
  z.object({ type: z.literal('members'), room: roomId }),
  z.object({
    type: z.literal('history'),
    room: roomId,
    before: sequence.optional(),
    after: sequence.optional(),
    limit: z.int().min(1).optional(),
  }),
  z.object({
    type: z.literal('whispers'),
    after: sequence.optional(),
    limit: z.int().min(1).optional(),
  }),
  z.object({ ...moderation, type: z.literal('kick') }),
  z.object({ ...moderation, type: z.literal('mute'), seconds }),
  z.object({ ...moderation, type: z.literal('unmute') }),
  z.object({ ...moderation, type: z.literal('ban'), seconds }),
  z.object({ ...moderation, type: z.literal('unban') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('logout') }),
]);
export type JsonCommand = z.infer<typeof commandSchema>;

/** What a client may recognise a reply by: a string of at most 64 characters, or a number. */
export const refSchema = z
  .union([z.string().max(64), z.number()])
  // Refusing what is not there would cost more than reading the rest of the frame.
  .optional();

/** The types of commands there are. */
export const COMMAND_TYPES: ReadonlySet<unknown> = new Set(
  commandSchema.options.map((option) => [...option.shape.type.values][0]),
);

function hasOneKindOfCredentials(login: {
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  session?: string | undefined;
  guest?: string | undefined;
}): boolean {
  const { user, password, token, session, guest } = login;
  const byPassword = user !== undefined && password !== undefined;
  const partly = (user !== undefined) !== (password !== undefined);
  const kinds = [byPassword, token !== undefined, session !== undefined, guest !== undefined];
  return !partly && kinds.filter(Boolean).length === 1;
}
