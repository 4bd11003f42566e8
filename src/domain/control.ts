import { z } from 'zod';
import { actor } from './events.ts';
import { roomId } from './ids.ts';
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
export type CoreBeat = z.infer<typeof coreBeat>;

/** Asks every relay, or one, whom it has where. */
export const presenceRequest = z.object({ relay: processId.optional() });

/** A relay's answer, in as many parts as it takes; `last` is true in the last one. */
export const presencePart = z.object({
  relay: processId,
  last: z.boolean(),
  rooms: z.array(z.object({ room: roomId, members: z.array(actor) })),
});
export type PresencePart = z.infer<typeof presencePart>;
