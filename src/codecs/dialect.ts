import type { RoomEventType } from '../domain/events.ts';
import type { Codec } from './codec.ts';

export interface DialectOptions {
  readonly frameMaxBytes: number;
  /** What becomes of a frame that is no UTF-8. */
  readonly invalidUtf8: 'refuse' | 'windows-1252';
  /** Whether the entrant, too, reads that it has entered. */
  readonly announceToEntrant: boolean;
  /** `verbose`: a refused login has an empty status, which no version of Flash takes for true. */
  readonly verboseEmptyStatus: boolean;
  /** `verbose`: percent signs are written as `%25`, and read back, for clients that `unescape()`. */
  readonly verbosePercent: boolean;
  /** `palabre`: the id of the room that its clients know as `Lobby`. */
  readonly palabreLobby: string;
}

/** A vocabulary of old clients, and how to know it. */
export interface Dialect {
  readonly name: string;
  /** Events that this vocabulary has no words for: they are counted and left out. */
  readonly cannotSay: ReadonlySet<RoomEventType>;
  /** Whether a client that begins with this frame speaks it. The frame is as it came, unchecked. */
  recognises(firstFrame: Buffer): boolean;
  create(options: DialectOptions): Codec;
}
