import type { Command } from '../domain/commands.ts';
import type { Logged, Via, WhisperEvent } from '../domain/events.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Reply } from '../domain/replies.ts';

/** What a client put into a command to recognise its reply by. */
export type Ref = string | number;

/** The outcome of decoding one frame: a command or a refusal, nothing else, and never a throw. */
export type Decoded =
  | {
      readonly ok: true;
      readonly command: Command;
      readonly ref?: Ref;
      /** The account id the client claims to be (protocol.md §3.1): read past, counted if wrong. */
      readonly claimedId?: string;
    }
  | { readonly ok: false; readonly refusal: Refusal; readonly ref?: Ref };

/**
 * One vocabulary on one wire. Pure: no clock, no sockets, no state between calls.
 *
 * Encoded bytes are whole frames ready for the connection, the terminator included where the wire
 * has one; several frames may come back to back in one buffer only where the wire has terminators,
 * so encoders return a list. An empty list means that this vocabulary has nothing to say.
 */
export interface Codec {
  /** The name of the dialect: `compact`, `json`. */
  readonly name: string;
  /** The `via` of events born on this wire. */
  readonly via: Via;
  /** `one`: entering a room leaves the one before (protocol.md §3.1). */
  readonly rooms: 'one' | 'many';
  decode(frame: Buffer): Decoded;
  encodeReply(reply: Reply, ref?: Ref): readonly Buffer[];
  /** The same bytes serve every member of the room. */
  encodeEvent(logged: Logged): readonly Buffer[];
  encodeWhisper(logged: Logged<WhisperEvent>): readonly Buffer[];
}
