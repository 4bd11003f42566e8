import type { BusConnection } from '../bus/bus-connection.ts';
import { ask, receive, tell } from '../bus/messages.ts';
import { CONTROL_SUBJECTS } from '../bus/subjects.ts';
import { coreBeat, type PresencePart, presencePart, relayBeat } from '../domain/control.ts';
import { Liveness } from './liveness.ts';

export interface NeighbourOptions {
  readonly self: string;
  readonly heartbeatMs: number;
  /** A relay silent for longer is given up. */
  readonly silenceMs: number;
  /** A chat-core silent for longer is given up: a mistake costs nothing but time. */
  readonly coreSilenceMs: number;
  readonly now: () => number;
}

export interface NeighbourHandler {
  /** A relay that was not known lives: nobody knows yet whom it has where. */
  onNewRelay(relay: string): void;
  /** A relay ended or fell silent: nobody is there through it any more. */
  onRelayGone(relay: string, silent: boolean): void;
  /** Another core begins and knows nothing yet. */
  onCoreStarting(): void;
  /** The living cores other than this one have changed. */
  onCoresChanged(others: readonly string[]): void;
}

export type RelayPresence = Pick<PresencePart, 'relay' | 'rooms'>;

/**
 * Hears which relays and chat-cores live, and says that this one does. Who is silent for too long is
 * given up, but never for a silence in which this process could not have heard.
 */
export class Neighbours {
  readonly #bus: BusConnection;
  readonly #options: NeighbourOptions;
  readonly #handler: NeighbourHandler;
  readonly #relays: Liveness;
  readonly #cores: Liveness;
  readonly #endings: (() => void)[] = [];
  #lastTickMs: number;
  /** When this core last heard itself. */
  #lastEchoMs: number;
  #serving = false;

  constructor(bus: BusConnection, options: NeighbourOptions, handler: NeighbourHandler) {
    this.#bus = bus;
    this.#options = options;
    this.#handler = handler;
    this.#relays = new Liveness(options.silenceMs);
    this.#cores = new Liveness(options.coreSilenceMs);
    this.#lastTickMs = options.now();
    this.#lastEchoMs = options.now();
  }

  /** The living relays. */
  get relays(): readonly string[] {
    return this.#relays.ids;
  }

  get coreCount(): number {
    return this.#cores.ids.length + 1;
  }

  start(): void {
    const { heartbeatMs } = this.#options;
    const beating = setInterval(() => this.#beat(), heartbeatMs);
    const watching = setInterval(() => this.#watch(), heartbeatMs / WATCHES_PER_BEAT);
    this.#endings.push(
      () => clearInterval(beating),
      () => clearInterval(watching),
      receive(this.#bus, CONTROL_SUBJECTS.relayBeat, ({ body }) => this.#onRelayBeat(body)),
      receive(this.#bus, CONTROL_SUBJECTS.coreBeat, ({ body }) => this.#onCoreBeat(body)),
      this.#bus.onStatus((status) => {
        if (status === 'connected') this.#excuseAll();
      }),
    );
    this.#tellBeat({ starting: true });
  }

  /** This core answers commands from now on: only now do others leave it its share. */
  serve(): void {
    this.#serving = true;
    this.#beat();
  }

  /**
   * Asks whom relays have where and hands on what each says, when it has said it all. Resolves after
   * `waitMs`, or when all of `relays` have answered; without `relays` it asks whoever is there.
   */
  async askPresence(
    waitMs: number,
    onPresence: (presence: RelayPresence) => void,
    relays?: readonly string[],
  ): Promise<void> {
    const missing = new Set(relays);
    const begun = new Map<string, RelayPresence>();
    const [only, ...others] = relays ?? [];
    const asked = only !== undefined && others.length === 0 ? { relay: only } : {};
    await ask(this.#bus, CONTROL_SUBJECTS.presence, asked, waitMs, (answer) => {
      const part = presencePart.safeParse(answer).data;
      if (part === undefined) return false;
      const presence = begun.get(part.relay) ?? { relay: part.relay, rooms: [] };
      presence.rooms.push(...part.rooms);
      begun.set(part.relay, presence);
      // Half an answer would throw people out of rooms they are in.
      if (!part.last) return false;
      // Whoever answers lives, and is missed when it falls silent before its first heartbeat here.
      this.#relays.heard(part.relay, this.#options.now());
      onPresence(presence);
      missing.delete(part.relay);
      return relays !== undefined && missing.size === 0;
    });
  }

  stop(): void {
    this.#tellBeat({ stopping: true });
    for (const end of this.#endings) end();
  }

  #onRelayBeat(body: unknown): void {
    const beat = relayBeat.safeParse(body).data;
    if (beat === undefined) return;
    if (beat.stopping === true) {
      this.#relays.forget(beat.relay);
      this.#handler.onRelayGone(beat.relay, false);
    } else if (this.#relays.heard(beat.relay, this.#options.now())) {
      this.#handler.onNewRelay(beat.relay);
    }
  }

  #onCoreBeat(body: unknown): void {
    const beat = coreBeat.safeParse(body).data;
    if (beat === undefined) return;
    if (beat.core === this.#options.self) {
      this.#lastEchoMs = this.#options.now();
      return;
    }
    if (beat.stopping === true) {
      this.#cores.forget(beat.core);
      this.#handler.onCoresChanged(this.#cores.ids);
      return;
    }
    if (beat.starting === true) {
      this.#beat();
      this.#handler.onCoreStarting();
      return;
    }
    if (this.#cores.heard(beat.core, this.#options.now())) {
      this.#handler.onCoresChanged(this.#cores.ids);
    }
  }

  #beat(): void {
    if (this.#serving) this.#tellBeat({});
  }

  #watch(): void {
    const now = this.#options.now();
    const late = now - this.#lastTickMs > this.#options.heartbeatMs * 2;
    this.#lastTickMs = now;
    // NATS hangs without having ended the connection: not even what this core says comes back.
    const deaf = this.#serving && now - this.#lastEchoMs > this.#options.heartbeatMs * 2;
    // We were paused, or cannot hear: what others said meanwhile is still to come.
    if (late || deaf || this.#bus.status !== 'connected') this.#excuseAll();
    for (const relay of this.#relays.takeSilent(now)) this.#handler.onRelayGone(relay, true);
    if (this.#cores.takeSilent(now).length > 0) this.#handler.onCoresChanged(this.#cores.ids);
  }

  #excuseAll(): void {
    const now = this.#options.now();
    this.#relays.excuseAll(now);
    this.#cores.excuseAll(now);
  }

  #tellBeat(more: { starting?: true; stopping?: true }): void {
    tell(this.#bus, CONTROL_SUBJECTS.coreBeat, { core: this.#options.self, ...more });
  }
}

const WATCHES_PER_BEAT = 4;
