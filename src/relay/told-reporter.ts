import type { BusConnection } from '../bus/bus-connection.ts';
import { tell } from '../bus/messages.ts';
import { CONTROL_SUBJECTS } from '../bus/subjects.ts';
import type { HeardReport } from '../domain/control.ts';

/**
 * Says on the bus up to where this relay has told its members the events of rooms, once a turn of the
 * event loop and after the turn's frames were written: so that what a client has heard is known even
 * when this process is killed (protocol.md §6.1).
 */
export class ToldReporter {
  readonly #bus: BusConnection;
  readonly #self: string;
  readonly #rooms = new Map<string, number>();

  constructor(bus: BusConnection, self: string) {
    this.#bus = bus;
    this.#self = self;
  }

  note(room: string, seq: number): void {
    if (this.#rooms.size === 0) setImmediate(() => this.#report());
    this.#rooms.set(room, seq);
  }

  #report(): void {
    const rooms = [...this.#rooms].map(([room, seq]) => ({ room, seq }));
    this.#rooms.clear();
    tell(this.#bus, CONTROL_SUBJECTS.heard, { relay: this.#self, rooms } satisfies HeardReport);
  }
}
