import { Room } from './room.ts';
import type { RoomParts } from './room-parts.ts';

/**
 * The rooms that this chat-core serves, each made when it is first needed. Their number is bounded by
 * the registry: nobody asks for a room here that is not in it.
 */
export class Rooms {
  readonly #parts: RoomParts;
  readonly #rooms = new Map<string, Room>();

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Commands waiting in all rooms. */
  get pending(): number {
    let pending = 0;
    for (const room of this.#rooms.values()) pending += room.pending;
    return pending;
  }

  get(id: string): Room {
    const known = this.#rooms.get(id);
    if (known !== undefined) return known;
    const made = new Room(id, this.#parts);
    this.#rooms.set(id, made);
    return made;
  }

  memberCount(id: string): number {
    return this.#rooms.get(id)?.memberCount ?? 0;
  }

  /** Somebody else may have written to any of them: each is read from the log before it is used again. */
  doubt(): void {
    for (const room of this.#rooms.values()) room.doubt();
  }

  drop(id: string): void {
    this.#rooms.delete(id);
  }

  ids(): string[] {
    return [...this.#rooms.keys()];
  }

  /**
   * Makes the members of rooms those whom the relays have, a few rooms at a time; without `mayLeave`
   * nobody leaves. Returns the rooms where there is still something to do.
   */
  async reconcile(ids: readonly string[], mayLeave: boolean): Promise<string[]> {
    const failed: string[] = [];
    await inParallel(ids, async (id) => {
      if (!(await this.get(id).reconcile(mayLeave))) failed.push(id);
    });
    return failed;
  }

  /** Saves a snapshot of every room whose newest events have none. */
  async saveUnsaved(): Promise<void> {
    const unsaved = [...this.#rooms.values()].filter((room) => room.isUnsaved);
    await inParallel(
      unsaved.map(({ id }) => id),
      (id) => this.get(id).save(),
    );
  }

  /** Saves a snapshot of every room, each after what waits in it. */
  async saveAll(): Promise<void> {
    await inParallel(this.ids(), (id) => this.get(id).save());
  }
}

const PARALLEL = 16;

async function inParallel(ids: readonly string[], work: (id: string) => Promise<void>) {
  const left = [...ids];
  const worker = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) await work(id);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, ids.length) }, worker));
}
