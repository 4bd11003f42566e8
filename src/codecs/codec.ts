import type { Command } from '../domain/commands.ts';
import type { Actor, Logged, Via, WhisperEvent } from '../domain/events.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { CommandName, Reply } from '../domain/replies.ts';

/** What a client put into a command to recognise its reply by. */
export type Ref = string | number;

/** The outcome of decoding one frame: one of these, and never a throw. */
export type Decoded =
  | {
      readonly ok: true;
      readonly command: Command;
      readonly ref?: Ref;
      /** The account id the client claims to be (protocol.md §3.1): read past, counted if wrong. */
      readonly claimedId?: string;
      /** The frame was not well-formed and was repaired. */
      readonly salvaged?: boolean;
    }
  | {
      readonly ok: true;
      readonly command: null;
      /** The vocabulary's own business, a handshake say: what it answers, without asking anybody. */
      readonly answer: readonly Buffer[];
      /** It was a request that has no meaning here: counted. */
      readonly dropped?: boolean;
    }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly ref?: Ref;
      /** What was asked, where a client waits for the answer to just that. */
      readonly during?: CommandName;
    };

/** A room as its members see it, up to and including the event that is told of. */
export interface RoomView {
  readonly room: string;
  readonly name: string;
  /** By account id, in the order in which they entered. */
  readonly members: ReadonlyMap<string, Actor>;
}

/**
 * One vocabulary on one wire. No clock, no sockets; between calls it keeps at most names and numbers
 * that it made up for ids, the same for every connection.
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
  /** Its clients cannot say what they have heard: one that comes back is told (protocol.md §6.1). */
  readonly catchUp: boolean;
  /** `one`: entering a room leaves the one before (protocol.md §3.1). */
  readonly rooms: 'one' | 'many';
  decode(frame: Buffer): Decoded;
  encodeReply(reply: Reply, ref?: Ref): readonly Buffer[];
  /** The same bytes serve every member of the room. */
  encodeEvent(logged: Logged, view: RoomView): readonly Buffer[];
  /** How many who come and go at once are told of; null: each of them in full, always. */
  readonly crowds: CrowdWords | null;
  encodeWhisper(logged: Logged<WhisperEvent>, reader: WhisperReader): readonly Buffer[];
}

/** Comings and goings that are summed up. */
export interface CrowdSum {
  readonly entered: number;
  readonly left: number;
}

/** How a vocabulary tells of many who come and go at once (protocol.md §3.7). */
export interface CrowdWords {
  /** What cannot wait of one coming or going; the rest is in the sum. */
  encodeEvent(logged: Logged, view: RoomView): readonly Buffer[];
  /** `view` is the room after the last of them. */
  encodeSum(sum: CrowdSum, view: RoomView): readonly Buffer[];
}

/** Who is told of a private message. */
export interface WhisperReader {
  readonly actor: Actor;
  /** A room that both the reader and the other one are in, or null. */
  readonly view: RoomView | null;
}
