import type { Journal } from './journal.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ClientAccount {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

export interface ClientParts {
  readonly account: ClientAccount;
  /** That the client is in; one on XML is in one. */
  readonly rooms: readonly string[];
  readonly journal: Journal;
  /** Where the relays are now. */
  readonly endpoints: () => readonly Endpoint[];
  /** Which of them the client goes to first; after a cut it goes to the next. */
  readonly first: number;
  /** Without an answer for so long the client ends the connection and makes another. */
  readonly patienceMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * A client that comes back whenever its connection ends, and writes into its journal what it says and
 * hears. It is written from protocol.md and shares no code with the relay that it examines.
 */
export interface TortureClient {
  start(): void;
  /** Resolves when it is in its rooms, or stopped. */
  ready(): Promise<unknown>;
  /** Says something until it is acknowledged; resolves without that only when the client is stopped. */
  say(room: string, mark: string, words: string): Promise<void>;
  /** Cuts its connection. */
  cut(): void;
  /** Stops reading from its connection, which stays so until it is cut. */
  stall(): Promise<void>;
  stop(): Promise<void>;
}

/** The relay that an attempt to connect goes to. */
export function endpointFor({ endpoints, first }: ClientParts, attempt: number): Endpoint {
  const all = endpoints();
  const endpoint = all[(first + attempt) % all.length];
  if (endpoint === undefined) throw new Error('there is no relay');
  return endpoint;
}
