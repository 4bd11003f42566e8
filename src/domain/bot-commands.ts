import { z } from 'zod';
import { messageId } from './ids.ts';
import { actsOf } from './room-commands.ts';

/** A bot's key: `bot-<account id>-<secret>`, as it was printed when the bot was made. */
export const botKey = z
  .string()
  .regex(/^bot-[1-9][0-9]{0,9}-[A-Za-z0-9_-]{43}$/, 'the key of a bot')
  .describe('The key of the bot that asks. It alone tells who speaks.');

// Who speaks is told by the key alone: whatever `from` and `via` say is read past.
const common = { key: botKey, id: messageId };

/** A bot's request on `chatcmd.room.<room>` (protocol.md §5.6). `id` makes sending it again harmless. */
export const botRoomCommand = z.discriminatedUnion('type', [
  ...actsOf(common, {}),
  z.object({ key: botKey, type: z.literal('members') }),
]);
export type BotRoomCommand = z.infer<typeof botRoomCommand>;

/** A bot's request on `chatcmd.user.<account>`. */
export const botUserCommand = z.object({
  ...common,
  type: z.literal('whisper'),
  text: z.string(),
});
