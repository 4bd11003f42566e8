import { z } from 'zod';
import type { BusConnection } from '../bus/bus-connection.ts';
import { gather, receive } from '../bus/messages.ts';
import { COMMAND_SUBJECTS, CONTROL_SUBJECTS } from '../bus/subjects.ts';
import type { RoomSummary } from '../domain/replies.ts';
import type { RoomsAnswer } from '../domain/room-commands.ts';
import type { Ownership } from './ownership.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { Rooms } from './rooms.ts';

export interface RoomListParts {
  readonly bus: BusConnection;
  readonly ownership: Ownership;
  readonly registry: RoomRegistry;
  readonly rooms: Rooms;
}

/**
 * Answers which rooms there are and how many are in each. One core answers for all; it asks the
 * others for the rooms that they serve.
 */
export class RoomList {
  readonly #parts: RoomListParts;

  constructor(parts: RoomListParts) {
    this.#parts = parts;
  }

  serve(): () => void {
    const { bus, ownership } = this.#parts;
    const endings = [
      receive(bus, CONTROL_SUBJECTS.counts, ({ respond }) => respond(this.#ownCounts())),
      receive(bus, COMMAND_SUBJECTS.rooms, ({ respond }) => {
        if (!ownership.owns(LISTING)) return;
        // Owner of this promise: none is needed, `gather` never rejects and the answer is short enough.
        void this.#list().then((rooms) =>
          respond({ ok: true, rooms: fitting(rooms) } satisfies RoomsAnswer),
        );
      }),
    ];
    return () => {
      for (const end of endings) end();
    };
  }

  async #list(): Promise<RoomSummary[]> {
    const { bus, ownership, registry } = this.#parts;
    const counts = new Map(this.#ownCounts());
    const others = ownership.cores.length - 1;
    if (others > 0) {
      const enough = (answers: readonly unknown[]) => answers.length > others;
      const answers = await gather(bus, CONTROL_SUBJECTS.counts, {}, COUNTS_WAIT_MS, enough);
      for (const [id, members] of answers.flatMap(
        (answer) => countList.safeParse(answer).data ?? [],
      )) {
        counts.set(id, members);
      }
    }
    return registry.list().map(({ id, name }) => ({ id, name, members: counts.get(id) ?? 0 }));
  }

  #ownCounts(): [id: string, members: number][] {
    const { ownership, rooms } = this.#parts;
    return rooms
      .ids()
      .filter((id) => ownership.owns(id))
      .map((id) => [id, rooms.memberCount(id)]);
  }
}

// No room id has a dollar sign: this names the list itself where cores share out what they serve.
const LISTING = '$rooms';
// The server takes 1 MiB in a message. Rooms beyond that are not listed, but can be entered.
function fitting(rooms: readonly RoomSummary[]): RoomSummary[] {
  let bytes = 0;
  return rooms.filter((room) => {
    bytes += Buffer.byteLength(JSON.stringify(room)) + 1;
    return bytes <= LIST_MAX_BYTES;
  });
}

const LIST_MAX_BYTES = 1_000_000;
const COUNTS_WAIT_MS = 500;
const countList = z.array(z.tuple([z.string(), z.int().min(0)]));
