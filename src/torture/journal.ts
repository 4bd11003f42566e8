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
  /** Counts the times that the client entered the room, from 1. */
  readonly stay: number;
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
  /** Events that do not name the one before them as the one that they follow. */
  brokenLinks = 0;
  /** Times that the server said that it cannot bring everything that was missed. */
  unrecovered = 0;

  /** The client is in the room, at this sequence. */
  entered(seq: number | null, recovered: boolean): void {
    this.stay += 1;
    this.since ??= seq;
    this.lastSeq ??= seq;
    if (!recovered) this.unrecovered += 1;
  }

  hear(event: Omit<Received, 'stay'>, prev: number | null = null): void {
    this.received.push({ ...event, stay: this.stay });
    if (event.mark !== null) this.#marks.add(event.mark);
    if (event.seq === null) return;
    if (prev !== null && this.lastSeq !== null && prev !== this.lastSeq) this.brokenLinks += 1;
    this.lastSeq = Math.max(this.lastSeq ?? 0, event.seq);
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
