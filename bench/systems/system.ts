import type { WireName } from '../load/wires.ts';

/** A chat server that runs, as a bench sees it. */
export interface RunningSystem {
  readonly port: number;
  /** Where its log is, if it has one. */
  readonly natsUrl?: string;
  /** The process ids, by what the process is. */
  readonly processes: Readonly<Record<string, number>>;
  /** Names that may log in; the same as often as a bench likes, if there are fewer than members. */
  names(count: number): Promise<readonly string[]>;
  /** Makes sure that rooms are there. */
  makeRooms(ids: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface System {
  readonly name: string;
  /** In one line, for who reads the table. */
  readonly what: string;
  readonly wire: WireName;
  /** Rejects with a reason of one line when what it needs is not installed. */
  start(): Promise<RunningSystem>;
}

/** Names of members who need no account. */
export function anyNames(count: number): Promise<readonly string[]> {
  return Promise.resolve(Array.from({ length: count }, (_, index) => `member${index}`));
}
