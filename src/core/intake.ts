import type { BusConnection } from '../bus/bus-connection.ts';
import { type Received, receive } from '../bus/messages.ts';
import { lastToken } from '../bus/subjects.ts';
import type { Ownership } from './ownership.ts';
import { Pulse } from './pulse.ts';

export interface IntakeParts {
  readonly bus: BusConnection;
  readonly ownership: Ownership;
  readonly pulse: { readonly everyMs: number; readonly pauseMinMs: number };
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** This process did not run for so long. */
  readonly onPause: (pausedMs: number) => void;
  /** Everything that waited through a pause has come out of the socket. */
  readonly onCaughtUp: () => void;
  /** A command that waited through a pause is left unanswered. */
  readonly onStale: () => void;
}

/**
 * Where commands come in. Every chat-core hears every command, and the one that owns what it is about
 * handles it: in a queue group one that hangs would go on getting its share.
 *
 * What waited in the socket while this process did not run is not handled: others have done it, or who
 * asked has given up, and done late it may be done twice.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #pulse: Pulse;
  #pausesOpen = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#pulse = new Pulse({
      ...parts.pulse,
      clock: parts.clock,
      onPause: (pausedMs) => this.#onPause(pausedMs),
    });
  }

  start(): void {
    this.#pulse.start();
  }

  /** Notices a pause now, before something is concluded from what was known before it. */
  look(): void {
    this.#pulse.look();
  }

  /** Has the commands of a subject handled; `about` names what decides who owns one. Returns its end. */
  hear(
    subject: string,
    about: (message: Received) => string,
    handler: (message: Received) => void,
  ): () => void {
    const { bus, ownership, onStale } = this.#parts;
    return receive(bus, subject, (message) => {
      this.#pulse.look();
      if (!ownership.owns(about(message))) return;
      if (this.#pausesOpen > 0) onStale();
      else handler(message);
    });
  }

  stop(): void {
    this.#pulse.stop();
  }

  #onPause(pausedMs: number): void {
    this.#parts.onPause(pausedMs);
    this.#pausesOpen += 1;
    // Owner of this promise: the intake; `flush` never rejects. What comes before the server's answer
    // to it may have waited since before the pause ended.
    void this.#parts.bus.flush().then(() => {
      this.#pausesOpen -= 1;
      this.#parts.onCaughtUp();
    });
  }
}

/** What a command in a room is about: the room. */
export const aboutRoom = ({ subject }: Received): string => lastToken(subject);
/** What a command on an account is about. No room's id has an @. */
export const aboutUser = ({ subject }: Received): string => `@${lastToken(subject)}`;
/** Of a command that any core may handle: each goes to some core, another try maybe to another. */
export const aboutNothing = ({ reply }: Received): string => reply;
