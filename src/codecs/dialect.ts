import type { Codec } from './codec.ts';

export interface DialectOptions {
  readonly frameMaxBytes: number;
  /** What becomes of a frame that is no UTF-8. */
  readonly invalidUtf8: 'refuse' | 'windows-1252';
  /** Whether the entrant, too, reads that it has entered. */
  readonly announceToEntrant: boolean;
}

/** A vocabulary of old clients, and how to know it. */
export interface Dialect {
  readonly name: string;
  /** Whether a client that begins with this frame speaks it. The frame is as it came, unchecked. */
  recognises(firstFrame: Buffer): boolean;
  create(options: DialectOptions): Codec;
}
