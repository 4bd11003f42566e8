import type { Logged } from '../domain/events.ts';

/**
 * Messages that sessions here have said into rooms that are heard here: the event of each says that it
 * was stored, before an answer of chat-core could. As many as there are commands under way.
 */
export class Said {
  readonly #waiting = new Map<string, (seq: number) => void>();

  /** Calls back once with the sequence of the event. False: another one with this id is waited for. */
  expect(room: string, account: string, id: string, onHeard: (seq: number) => void): boolean {
    const key = keyOf(room, account, id);
    if (this.#waiting.has(key)) return false;
    this.#waiting.set(key, onHeard);
    return true;
  }

  forget(room: string, account: string, id: string): void {
    this.#waiting.delete(keyOf(room, account, id));
  }

  /** An event was delivered. */
  hear({ seq, event }: Logged): void {
    if (event.type !== 'message.posted' || event.replayed !== undefined) return;
    const key = keyOf(event.room, event.from.id, event.id);
    const onHeard = this.#waiting.get(key);
    if (onHeard === undefined) return;
    this.#waiting.delete(key);
    onHeard(seq);
  }
}

// Ids of rooms and accounts have no colon.
function keyOf(room: string, account: string, id: string): string {
  return `${room}:${account}:${id}`;
}
