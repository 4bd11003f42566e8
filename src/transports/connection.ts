import type { Refusal } from '../domain/refusals.ts';

/**
 * One open socket, cut into frames, whatever its kind.
 *
 * `write` takes whole frames as a codec made them and hands them to the socket in one go; it never
 * blocks and never throws, also after the connection is closed. The owner watches `bufferedBytes`
 * and decides when a reader is too slow.
 */
export interface Connection {
  /** Unique in this process, for logs. */
  readonly id: string;
  readonly kind: 'tcp' | 'websocket' | 'tunnel';
  readonly remoteAddress: string;
  /** Bytes that were written and that the kernel has not taken; after the end, never did. */
  readonly bufferedBytes: number;
  /** Frames are delivered from now on, each in its own synchronous call. Called once. */
  start(handler: ConnectionHandler): void;
  write(frames: readonly Buffer[]): void;
  /**
   * Stops reading from the socket; frames already read may still be delivered. A peer is not blamed
   * for what it could not say in the meantime.
   */
  pause(): void;
  resume(): void;
  /**
   * Flushes what was written, then closes: WebSocket with `code` and `reason` (at most 123 bytes),
   * TCP with FIN. A peer that does not finish within the configured time is cut. Nothing but
   * `onClosed` is delivered any more.
   */
  close(code: number, reason: string): void;
  /** Cuts the connection at once; nothing more is flushed. */
  destroy(): void;
}

export interface ConnectionHandler {
  /**
   * The bytes of one frame without terminator. They are valid only during the call. A WebSocket ping is
   * delivered as an empty frame, and so is a pong that nobody asked for.
   */
  onFrame(frame: Buffer): void;
  /** The framing itself was broken. After a fatal refusal no more frames come. */
  onRefusal(refusal: Refusal): void;
  /**
   * The connection is gone. Called exactly once, last. `farewell`: the peer ended it by saying so,
   * which a plain TCP peer has no means for.
   */
  onClosed(farewell: boolean): void;
}
