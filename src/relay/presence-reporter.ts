import type { BusConnection } from '../bus/bus-connection.ts';
import { type Received, receive, tell } from '../bus/messages.ts';
import { CONTROL_SUBJECTS, hereSubjectOf } from '../bus/subjects.ts';
import {
  hereRequest,
  type PresencePart,
  presenceRequest,
  type RelayBeat,
} from '../domain/control.ts';
import type { Departures } from './departures.ts';
import type { Hubs } from './hubs.ts';

export interface PresenceReporterOptions {
  readonly self: string;
  readonly heartbeatMs: number;
  /** Whom this relay has where, at the moment of the call. */
  readonly presence: () => Rooms;
  /** Whether it has a session of this account in the room. */
  readonly isHere: (room: string, account: string) => boolean;
}

type Rooms = PresencePart['rooms'];

/** Whom a relay has where, and whose last connection to it broke a moment ago. */
export function presenceOf(hubs: Hubs, departures: Departures): Rooms {
  const rooms: Rooms = hubs.all().map(({ room, actors, last }) => {
    return { room, members: actors, ...(last === 0 ? {} : { heard: last }) };
  });
  for (const { room, actor, lost } of departures.lost) {
    const heard = lost?.heard ?? undefined;
    rooms.push({ room, members: [], lost: [{ member: actor, heard }] });
  }
  return rooms;
}

/** Says on the bus that this relay lives, and on request whom it has in which room. */
export class PresenceReporter {
  readonly #bus: BusConnection;
  readonly #options: PresenceReporterOptions;
  readonly #endings: (() => void)[] = [];

  constructor(bus: BusConnection, options: PresenceReporterOptions) {
    this.#bus = bus;
    this.#options = options;
  }

  start(): void {
    const beat = setInterval(() => this.#beat({}), this.#options.heartbeatMs);
    this.#endings.push(
      () => clearInterval(beat),
      receive(this.#bus, CONTROL_SUBJECTS.presence, (request) => this.#report(request)),
      receive(this.#bus, hereSubjectOf(this.#options.self), (request) => this.#answer(request)),
      this.#bus.onStatus((status) => {
        if (status === 'connected') this.#beat({});
      }),
    );
    this.#beat({});
  }

  /** Says that this relay ends: whoever is here through it alone leaves. */
  stop(): void {
    for (const end of this.#endings) end();
    this.#beat({ stopping: true });
  }

  #beat(more: { stopping?: true }): void {
    const beat: RelayBeat = { relay: this.#options.self, ...more };
    tell(this.#bus, CONTROL_SUBJECTS.relayBeat, beat);
  }

  #answer({ body, respond }: Received): void {
    const asked = hereRequest.safeParse(body).data;
    if (asked !== undefined) respond({ here: this.#options.isHere(asked.room, asked.account) });
  }

  #report(request: Received): void {
    const asked = presenceRequest.safeParse(request.body).data;
    const { self, presence } = this.#options;
    if (asked === undefined || (asked.relay !== undefined && asked.relay !== self)) return;
    const parts = inParts(presence());
    for (const [index, rooms] of parts.entries()) {
      const last = index === parts.length - 1;
      request.respond({ relay: self, last, rooms } satisfies PresencePart);
    }
  }
}

// A message on the bus has a limit of 1 MiB; a member takes at most about 200 bytes.
const MEMBERS_PER_PART = 2000;

function inParts(all: Rooms): Rooms[] {
  const parts: Rooms[] = [];
  let part: Rooms = [];
  let count = 0;
  for (const whole of all.flatMap(inPieces)) {
    const { members, lost = [] } = whole;
    if (count + members.length + lost.length > MEMBERS_PER_PART) {
      parts.push(part);
      part = [];
      count = 0;
    }
    part.push(whole);
    count += members.length + lost.length;
  }
  return [...parts, part];
}

// A room with no more than a part holds, as often as it takes.
function inPieces({ room, members, lost = [], ...rest }: Rooms[number]): Rooms {
  const pieces: Rooms = [];
  const length = Math.max(members.length, lost.length);
  for (let from = 0; from < length; from += MEMBERS_PER_PIECE) {
    const to = from + MEMBERS_PER_PIECE;
    pieces.push({ room, ...rest, members: members.slice(from, to), lost: lost.slice(from, to) });
  }
  return pieces;
}

const MEMBERS_PER_PIECE = MEMBERS_PER_PART / 2;
