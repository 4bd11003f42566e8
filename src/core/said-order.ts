import type { RoomCommand } from '../domain/room-commands.ts';

/**
 * What was said in a room lately, as it came: what comes after something else in the same queue is
 * stored after it. The last `TAKEN_MAX` messages are remembered, up to twice as many.
 */
export class SaidOrder {
  #taken = new Set<string>();
  #before: ReadonlySet<string> = new Set();

  /** False: it is to be stored after a message of the same author that has not come here. */
  take(command: RoomCommand): boolean {
    if (command.type !== 'say') return true;
    const { from, id, after } = command;
    if (after !== undefined) {
      const key = keyOf(from.id, after);
      if (!this.#taken.has(key) && !this.#before.has(key)) return false;
    }
    this.#taken.add(keyOf(from.id, id));
    if (this.#taken.size < TAKEN_MAX) return true;
    // All at once: to delete from the front of a set is slow.
    this.#before = this.#taken;
    this.#taken = new Set();
    return true;
  }
}

// An account id has no colon.
const keyOf = (account: string, id: string) => `${account}:${id}`;
const TAKEN_MAX = 2048;
