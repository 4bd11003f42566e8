import type { BusConnection } from '../bus/bus-connection.ts';
import { type Received, receive, tell } from '../bus/messages.ts';
import { CONTROL_SUBJECTS } from '../bus/subjects.ts';
import { type PresencePart, presenceRequest, type RelayBeat } from '../domain/control.ts';
import type { Actor } from '../domain/events.ts';

export interface PresenceReporterOptions {
  readonly self: string;
  readonly heartbeatMs: number;
  /** Whom this relay has where, at the moment of the call. */
  readonly presence: () => { room: string; members: Actor[] }[];
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

type Rooms = PresencePart['rooms'];

// A message on the bus has a limit of 1 MiB; a member takes at most about 200 bytes.
const MEMBERS_PER_PART = 2000;

function inParts(all: Rooms): Rooms[] {
  const parts: Rooms[] = [];
  let part: Rooms = [];
  let count = 0;
  for (const { room, members } of all) {
    for (let from = 0; from < members.length; from += MEMBERS_PER_PART) {
      const some = members.slice(from, from + MEMBERS_PER_PART);
      if (count + some.length > MEMBERS_PER_PART) {
        parts.push(part);
        part = [];
        count = 0;
      }
      part.push({ room, members: some });
      count += some.length;
    }
  }
  return [...parts, part];
}
