import { z } from 'zod';
import type { Bucket } from '../bus/bucket.ts';
import { displayName, roomId } from '../domain/ids.ts';

const entryValue = z.object({ name: displayName });

/** Which rooms there are, in a bucket of room id to name, with a copy in memory for listing. */
export class RoomRegistry {
  readonly #bucket: Bucket;
  #rooms = new Map<string, string>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Room ids and names, in the order of their ids: numbers first, by value. */
  list(): { id: string; name: string }[] {
    return [...this.#rooms]
      .map(([id, name]) => ({ id, name }))
      .sort((one, other) => ORDER.compare(one.id, other.id));
  }

  get size(): number {
    return this.#rooms.size;
  }

  async reload(): Promise<void> {
    const entries = await this.#bucket.entries();
    this.#rooms = new Map(
      entries
        .filter(({ key }) => roomId.safeParse(key).success)
        .map(({ key, value }) => [key, entryValue.parse(JSON.parse(value)).name]),
    );
  }

  /** Asks the bucket when the copy does not know: another core may just have made the room. */
  async has(id: string): Promise<boolean> {
    if (this.#rooms.has(id)) return true;
    const entry = await this.#bucket.get(roomId.parse(id));
    if (entry === null) return false;
    this.#rooms.set(id, entryValue.parse(JSON.parse(entry.value)).name);
    return true;
  }

  async put(id: string, name: string): Promise<void> {
    await this.#bucket.put(roomId.parse(id), JSON.stringify({ name }));
    this.#rooms.set(id, name);
  }

  async remove(id: string): Promise<void> {
    await this.#bucket.delete(roomId.parse(id));
    this.#rooms.delete(id);
  }
}

const ORDER = new Intl.Collator('en', { numeric: true });
