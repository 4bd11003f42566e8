/** Something that a client said, or tried to. */
export interface Said {
  readonly room: string;
  readonly mark: string;
  readonly text: string;
  /** When it was first sent. */
  readonly sentMs: number;
}

export interface Acknowledged {
  readonly room: string;
  readonly mark: string;
  /** In the log; null where the wire does not tell. */
  readonly seq: number | null;
}

/** An event that came to a client. */
export interface Received {
  readonly atMs: number;
  /** In the log; null where the wire does not tell. */
  readonly seq: number | null;
  /** Of what was said; null for other events. */
  readonly mark: string | null;
  readonly text: string | null;
  /** Counts the connections on which the client was in the room, from 1. */
  readonly stay: number;
}

/**
 * How a client left off hearing a room:
 * - `cut`: it ended its half of the connection, and read what was on its way.
 * - `told`: the relay said that it ends the connection.
 * - `broken`: the connection broke, as when the relay is killed.
 * - `gave-up`: it heard nothing for long and ended the connection itself.
 */
export type Ending = 'cut' | 'told' | 'broken' | 'gave-up';

/** Between two stays. Milliseconds of the wall clock, which chat-core dates events with. */
export interface Seam {
  readonly ending: Ending;
  readonly endedAt: number;
  /** The same by the monotonic clock. */
  readonly endedMs: number;
  /** When it was in the room again. */
  readonly backAt: number;
}

/** One room as a client heard it, in the order it came. */
export class HeardRoom {
  readonly received: Received[] = [];
  readonly #marks = new Set<string>();
  /** The sequence that the first entering was told at; null where the wire does not tell. */
  since: number | null = null;
  /** Of the newest event; null before the first entering. */
  lastSeq: number | null = null;
  stay = 0;
  /** The first one is that after the first stay. */
  readonly seams: Seam[] = [];
  /** Events that do not name the one before them as the one that they follow. */
  brokenLinks = 0;
  /** Times that the server said that it cannot bring everything that was missed. */
  unrecovered = 0;

  /** The client is in the room, on another connection than before. */
  entered(seq: number | null, recovered: boolean): void {
    this.stay += 1;
    this.since ??= seq;
    this.lastSeq ??= seq;
    if (!recovered) this.unrecovered += 1;
  }

  /** It is back in it. */
  cameBack(seam: Seam): void {
    this.seams.push(seam);
  }

  /** It was told that more was said while it was away than it is told. */
  leftOut(): void {
    this.unrecovered += 1;
  }

  hear(event: Omit<Received, 'stay'>, prev: number | null = null): void {
    this.received.push({ ...event, stay: this.stay });
    if (event.mark !== null) this.#marks.add(event.mark);
    if (event.seq === null) return;
    if (prev !== null && this.lastSeq !== null && prev !== this.lastSeq) this.brokenLinks += 1;
    this.lastSeq = Math.max(this.lastSeq ?? 0, event.seq);
  }

  /** Lets go of what was received; it counts as heard all the same. */
  forget(): void {
    this.received.length = 0;
  }

  has(mark: string): boolean {
    return this.#marks.has(mark);
  }
}

/** What one client said and heard. */
export class Journal {
  readonly said = new Map<string, Said>();
  readonly acknowledged = new Map<string, Acknowledged>();
  readonly rooms = new Map<string, HeardRoom>();
  /** How often something was sent: more often than said, where an answer was lost. */
  attempts = 0;
  connections = 0;

  room(id: string): HeardRoom {
    const room = this.rooms.get(id) ?? new HeardRoom();
    this.rooms.set(id, room);
    return room;
  }

  /** Something is sent, for the first time or again. */
  sent(said: Said): void {
    this.attempts += 1;
    if (!this.said.has(said.mark)) this.said.set(said.mark, said);
  }

  acknowledge(acknowledged: Acknowledged): void {
    this.acknowledged.set(acknowledged.mark, acknowledged);
  }
}
