import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { WhisperFeed } from '../bus/whisper-feed.ts';
import type { Codec } from '../codecs/codec.ts';
import { createJsonCodec } from '../codecs/json/codec.ts';
import { dialectOf } from '../codecs/registry.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Connection } from '../transports/connection.ts';
import { MainListener } from '../transports/main-listener.ts';
import { Admissions } from './admissions.ts';
import { reportConnections } from './connection-reporter.ts';
import { CoreClient } from './core-client.ts';
import { Departures } from './departures.ts';
import { Flusher } from './flusher.ts';
import { CHECK_PARTS, Hubs } from './hubs.ts';
import type { RelayOptions } from './options.ts';
import { PresenceReporter, presenceOf } from './presence-reporter.ts';
import { Said } from './said.ts';
import { Session, type SessionParts } from './session.ts';
import { Speakers } from './speakers.ts';
import { ToldReporter } from './told-reporter.ts';

export interface RelaySurroundings {
  readonly bus: BusConnection;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly newId: () => string;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Answers the HTTP requests that open no WebSocket. */
  readonly onRequest: RequestListener;
}

/**
 * The half of the program that clients connect to. It keeps no state that outlives it: who is where
 * is told to chat-core, what was said is in the log. Any number may run beside each other.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #around: RelaySurroundings;
  readonly #reader: LogReader;
  readonly #core: CoreClient;
  readonly #admissions: Admissions;
  readonly #hubs: Hubs;
  readonly #departures: Departures;
  readonly #speakers = new Speakers();
  readonly #said = new Said();
  readonly #flusher: Flusher;
  readonly #presence: PresenceReporter;
  readonly #whispers: WhisperFeed;
  readonly #listener: MainListener;
  readonly #sessions = new Set<Session>();
  readonly #sessionParts: SessionParts;
  readonly #codecs = new Map<string, Codec>();
  readonly #json: Codec;
  #upkeep: NodeJS.Timeout | null = null;
  #checks: NodeJS.Timeout | null = null;
  #endReports: () => void = () => undefined;
  #state: 'starting' | 'listening' | 'draining' = 'starting';

  constructor(options: RelayOptions, around: RelaySurroundings) {
    const { bus, metrics, newId, clock } = around;
    const { self, heartbeatMs, limits, rateLimits, trustedProxies } = options;
    this.#options = options;
    this.#around = around;
    this.#json = createJsonCodec(limits);
    this.#reader = new LogReader(bus, {
      timeoutMs: options.commandTimeoutMs,
      pendingMax: options.commandsPendingMax,
    });
    this.#core = new CoreClient(bus, { ...options, newId, log: around.log, said: this.#said });
    this.#admissions = new Admissions({
      ...{ limits, rateLimits, trustedProxies, metrics, clock },
    });
    this.#flusher = new Flusher({
      ...{ pauseMaxMs: limits.flushPauseMaxMs, clock },
      onPaused: () => metrics.relay.flushPauses.inc(),
    });
    this.#hubs = this.#createHubs();
    this.#departures = new Departures({
      ...{ core: this.#core, relay: self, newId, waitingMax: limits.connectionsMax },
      clock: around.clock,
      isHere: (room, account) => this.#hubs.hasAccount(room, account),
    });
    this.#presence = new PresenceReporter(bus, {
      ...{ self, heartbeatMs },
      presence: () => presenceOf(this.#hubs, this.#departures),
      isHere: (room, account) => this.#hubs.hasAccount(room, account),
    });
    this.#whispers = new WhisperFeed(bus, this.#reader, {
      onWhisper: (whisper) => this.#speakers.deliver(whisper, (room) => this.#hubs.viewOf(room)),
      onForeign: () => metrics.relay.foreignMessages.inc(),
    });
    this.#sessionParts = this.#createSessionParts();
    this.#listener = this.#createListener();
    around.health.add('relay', () => (this.#state === 'listening' ? null : this.#state));
  }

  /** Resolves with the ports when clients can connect; rejects when a port cannot be had. */
  async start(): Promise<{ port: number; policyPort: number | null }> {
    await this.#whispers.start();
    this.#presence.start();
    this.#endReports = reportConnections(this.#around.bus, this.#options.self, () =>
      [...this.#sessions].map((session) => session.report()),
    );
    this.#upkeep = setInterval(() => this.#keepUp(), UPKEEP_MS);
    this.#checks = setInterval(() => this.#hubs.checkPart(), UPKEEP_MS / CHECK_PARTS);
    const ports = await this.#listener.listen();
    this.#state = 'listening';
    return ports;
  }

  /**
   * Takes no more connections, finishes the commands that were begun, tells every client to reconnect
   * and closes. What is not closed within `closeTimeoutMs` after that is cut.
   */
  async stop(): Promise<void> {
    this.#state = 'draining';
    if (this.#upkeep !== null) clearInterval(this.#upkeep);
    if (this.#checks !== null) clearInterval(this.#checks);
    this.#listener.close();
    await Promise.all([...this.#sessions].map((session) => session.drain()));
    await this.#whenNoSessions(this.#options.limits.closeTimeoutMs + CLOSE_MARGIN_MS);
    this.#endReports();
    this.#presence.stop();
    this.#hubs.stop();
    this.#whispers.stop();
    this.#core.stop();
    this.#reader.stop();
  }

  /** Brings the gauges up to date. */
  measure(): void {
    const { metrics } = this.#around;
    metrics.relay.rooms.set(this.#hubs.size);
    let bytes = 0;
    for (const session of this.#sessions) bytes += session.outboxBytes;
    metrics.relay.outboxBytes.set(bytes);
    metrics.relay.addresses.set(this.#admissions.addresses);
    metrics.relay.heldEvents.set(this.#hubs.held);
    metrics.relay.logReadsPending.set(this.#reader.pending);
    metrics.relay.commandsPending.set(this.#core.pending);
    metrics.relay.departuresWaiting.set(this.#departures.waiting);
  }

  #createHubs(): Hubs {
    const { bus, log, metrics, clock } = this.#around;
    const { xml } = this.#options;
    const told = new ToldReporter(bus, this.#options.self);
    return new Hubs({
      ...{ bus, clock },
      reader: this.#reader,
      heldEventsMax: this.#options.heldEventsMax,
      storm: { events: xml.stormEvents, windowMs: xml.stormWindowMs },
      onSummed: (dialect) => metrics.relay.summedEvents.inc({ dialect }),
      onUnsaid: (dialect) => metrics.relay.unsaid.inc({ dialect }),
      onHealed: (events) => metrics.relay.healedEvents.inc(events),
      onForeign: (roomId, seq) => {
        metrics.relay.foreignMessages.inc();
        log.warn({ roomId, seq }, 'the log has a message that is no event');
      },
      onReset: (roomId) => {
        metrics.relay.logResets.inc();
        log.warn({ roomId }, 'the log was made anew');
      },
      onMissing: (room, account) => this.#enterAgain(room, account),
      onDelivered: (logged) => this.#said.hear(logged),
      onTold: (room, seq) => told.note(room, seq),
    });
  }

  #createListener(): MainListener {
    const { metrics, onRequest } = this.#around;
    const { host, port, accepts, policyPort, allowedOrigins, policy, limits } = this.#options;
    const { trustedProxies } = this.#options;
    return new MainListener(
      {
        ...{ host, port, accepts, policyPort, allowedOrigins, trustedProxies, policy },
        ...limits,
        onRequest,
      },
      {
        newId: this.#around.newId,
        onSocket: (address) => this.#admissions.accept(address),
        onConnection: (connection) => this.#open(connection),
        onPolicyRequest: () => metrics.relay.policyRequests.inc(),
        onRefused: (reason) => metrics.relay.connectionsRefused.inc({ reason }),
      },
    );
  }

  #open(connection: Connection): void {
    const { kind, remoteAddress } = connection;
    const { metrics } = this.#around;
    const { allowance, refused } = this.#admissions.admit(remoteAddress);
    metrics.relay.connections.inc({ kind });
    const session = new Session(connection, allowance, this.#sessionParts);
    this.#sessions.add(session);
    session.start();
    const isFull = this.#sessions.size > this.#options.limits.connectionsMax;
    const reason = isFull ? 'sessions' : refused;
    if (reason === null) return;
    metrics.relay.connectionsRefused.inc({ reason });
    session.turnAway();
  }

  #createSessionParts(): SessionParts {
    const { log, metrics, newId, clock } = this.#around;
    const { self, limits } = this.#options;
    return {
      ...{ relay: self, core: this.#core, hubs: this.#hubs, reader: this.#reader },
      ...{ departures: this.#departures, speakers: this.#speakers, flusher: this.#flusher },
      ...{ limits, newId, log, metrics, clock },
      chooseCodec: (connection, frame) => this.#codecOf(connection, frame),
      onEnded: (session) => {
        this.#sessions.delete(session);
        metrics.relay.connections.dec({ kind: session.kind });
      },
    };
  }

  // One codec a dialect: hubs tell by it who can share the bytes of an event.
  #codecOf({ kind }: Connection, firstFrame: Buffer | null): Codec {
    if (kind === 'websocket') return this.#json;
    const dialect = dialectOf(this.#options.xml.dialect, firstFrame);
    const known = this.#codecs.get(dialect.name);
    if (known !== undefined) return known;
    const { xml, limits } = this.#options;
    const made = dialect.create({ ...xml, frameMaxBytes: limits.frameMaxBytes });
    this.#codecs.set(dialect.name, made);
    return made;
  }

  // The log says that somebody left who is here: chat-core had lost sight of us for a while.
  #enterAgain(room: string, account: string): void {
    const { self } = this.#options;
    const actor = this.#hubs.actorIn(room, account);
    if (actor === null) return;
    const id = this.#around.newId();
    const entering = this.#core.room(room, {
      type: 'enter',
      id,
      from: actor,
      via: 'nats',
      relay: self,
    });
    this.#own(entering, 'entering again');
  }

  #keepUp(): void {
    this.#admissions.tidy();
    this.#whispers.check();
    this.#own(this.#departures.retry(), 'departures');
  }

  async #whenNoSessions(waitMs: number): Promise<void> {
    const deadline = this.#around.clock() + waitMs;
    while (this.#sessions.size > 0 && this.#around.clock() < deadline) {
      await pause(POLL_MS);
    }
    for (const session of this.#sessions) session.destroy();
  }

  // What runs beside the sessions has its owner here.
  #own(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => this.#around.log.error({ err: error, what }, 'upkeep failed'));
  }
}

const UPKEEP_MS = 5000;
const CLOSE_MARGIN_MS = 500;
const POLL_MS = 20;
