import type { RoomCommand } from '../domain/room-commands.ts';

/**
 * What was said in a room lately, as it came: what comes after something else in the same queue is
 * stored after it. The last `TAKEN_MAX` messages are remembered.
 */
export class SaidOrder {
  readonly #taken = new Set<string>();

  /** False: it is to be stored after a message of the same author that has not come here. */
  take(command: RoomCommand): boolean {
    if (command.type !== 'say') return true;
    const { from, id, after } = command;
    if (after !== undefined && !this.#taken.has(keyOf(from.id, after))) return false;
    this.#taken.add(keyOf(from.id, id));
    const [oldest] = this.#taken;
    if (oldest !== undefined && this.#taken.size > TAKEN_MAX) this.#taken.delete(oldest);
    return true;
  }
}

// An account id has no colon.
const keyOf = (account: string, id: string) => `${account}:${id}`;
const TAKEN_MAX = 4096;
