import type { BusConnection } from '../bus/bus-connection.ts';
import { gather, type Received, receive, tell } from '../bus/messages.ts';
import { COMMAND_SUBJECTS, CONTROL_SUBJECTS, hereSubjectOf, lastToken } from '../bus/subjects.ts';
import { heardReport, hereAnswer } from '../domain/control.ts';
import { accountId, roomId } from '../domain/ids.ts';
import { refusal } from '../domain/refusals.ts';
import {
  loginCommand,
  type RoomAnswer,
  type RoomCommand,
  refuse,
  roomCommand,
  userCommand,
} from '../domain/room-commands.ts';
import type { Trace } from '../domain/trace.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Absences } from './absences.ts';
import { authenticate, type LoginParts } from './authenticate.ts';
import { type BotOptions, Bots } from './bots.ts';
import { aboutNothing, aboutRoom, aboutUser, Intake } from './intake.ts';
import { type NeighbourOptions, Neighbours } from './neighbours.ts';
import type { Ownership } from './ownership.ts';
import type { Presence } from './presence.ts';
import { RoomList } from './room-list.ts';
import type { RoomOutcome } from './room-outcome.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { Rooms } from './rooms.ts';
import { Settler } from './settler.ts';
import type { Whispers } from './whispers.ts';

export interface ChatCoreParts {
  readonly bus: BusConnection;
  readonly options: NeighbourOptions &
    BotOptions & {
      readonly roomsMax: number;
      readonly snapshotMaxAgeMs: number;
      readonly graceMs: number;
    };
  readonly ownership: Ownership;
  readonly presence: Presence;
  readonly absences: Absences;
  readonly registry: RoomRegistry;
  readonly rooms: Rooms;
  readonly login: LoginParts;
  readonly whispers: Whispers;
  /** How many rooms were found to have lost events. */
  readonly lostRooms: () => number;
  readonly appendsPending: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Outcome {
  readonly ok: boolean;
  readonly code?: string;
  readonly isHeard?: boolean;
}

/**
 * Answers the commands of relays and bots, keeps the rooms, and notices which relays and other
 * chat-cores live. Any number may run: each serves its share of the rooms, and the log refuses the
 * one that is wrong about its share.
 */
export class ChatCore {
  readonly #parts: ChatCoreParts;
  readonly #neighbours: Neighbours;
  readonly #list: RoomList;
  readonly #bots: Bots;
  readonly #endings: (() => void)[] = [];
  readonly #settler: Settler;
  readonly #intake: Intake;
  #ready = false;

  constructor(parts: ChatCoreParts) {
    this.#parts = parts;
    this.#neighbours = new Neighbours(parts.bus, parts.options, {
      onNewRelay: (relay) => this.#own(this.#settler.onNewRelay(relay), 'presence'),
      onRelayGone: (relay, silent) => this.#own(this.#forget(relay, silent), 'presence'),
      onCoreStarting: () => this.#tellTold(),
      onCoresChanged: (others) => this.#own(this.#move(others), 'ownership'),
    });
    this.#settler = new Settler({
      ...parts,
      now: parts.options.now,
      askPresence: (...asked) => this.#neighbours.askPresence(...asked),
    });
    this.#list = new RoomList(parts);
    this.#bots = new Bots({
      ...{ accounts: parts.login.accounts, options: parts.options },
      clock: () => performance.now(),
      runInRoom: (...asked) => this.#room(...asked),
      whisper: (...asked) => parts.whispers.run(...asked),
      answer: (message, type, work) => this.#answer(message, type, work),
    });
    const { heartbeatMs } = parts.options;
    this.#intake = new Intake({
      ...{ bus: parts.bus, ownership: parts.ownership, clock: () => performance.now() },
      pulse: { everyMs: heartbeatMs / 4, pauseMinMs: heartbeatMs * 2 },
      onPause: (pausedMs) => this.#onPause(pausedMs),
      onCaughtUp: () => this.#own(this.#settler.doubt(this.#neighbours.relays), 'pause'),
      onStale: () => parts.metrics.core.staleCommands.inc(),
    });
  }

  /** Null when commands are being answered, else what is missing. */
  get problem(): string | null {
    if (!this.#ready) return 'starting';
    return this.#parts.bus.status === 'connected' ? null : 'NATS is away';
  }

  /** What an operator should look at though commands are answered; null: nothing. */
  get note(): string | null {
    const rooms = this.#parts.lostRooms();
    return rooms === 0 ? null : `the log has lost events of ${rooms} rooms that it had: run verify`;
  }

  /** Resolves when commands are answered and every room has the members that the relays have. */
  async start(): Promise<void> {
    const { bus, registry, rooms, options } = this.#parts;
    await registry.reload();
    this.#intake.start();
    this.#neighbours.start();
    const settling = setInterval(() => this.#settle(), options.heartbeatMs);
    const saving = setInterval(
      () => this.#own(rooms.saveUnsaved(), 'snapshots'),
      options.snapshotMaxAgeMs,
    );
    const stocktaking = setInterval(() => this.#takeStock(), STOCK_MS);
    this.#endings.push(
      () => clearInterval(settling),
      () => clearInterval(saving),
      () => clearInterval(stocktaking),
      receive(bus, CONTROL_SUBJECTS.heard, ({ body }) => this.#noteTold(body)),
      () => this.#intake.stop(),
      receive(bus, CONTROL_SUBJECTS.roomsChanged, () => this.#own(registry.reload(), 'rooms')),
      bus.onStatus((status) => {
        if (status === 'connected') this.#own(this.#onReconnected(), 'reconnect');
      }),
    );
    // Other cores answer the first heartbeat at once; relays answer the question after it.
    await this.#settler.begin(() => {
      this.#serve();
      this.#neighbours.serve();
    });
    // Whoever is told that this core is ready may ask it at once.
    await bus.flush();
    this.#ready = true;
  }

  /** Stops answering, lets what was begun finish and saves snapshots; others take the rooms over. */
  async stop(): Promise<void> {
    this.#ready = false;
    this.#settler.stop();
    this.#neighbours.stop();
    // What comes before the others know is still answered here.
    await this.#parts.bus.flush();
    for (const end of this.#endings) end();
    await this.#parts.rooms.saveAll();
  }

  /** Brings the gauges up to date. */
  measure(): void {
    const { metrics, rooms, registry, login, appendsPending } = this.#parts;
    metrics.core.appendsPending.set(appendsPending());
    metrics.core.registeredRooms.set(registry.size);
    metrics.core.rooms.set(rooms.size);
    metrics.core.roomCommandsPending.set(rooms.pending);
    metrics.core.botsPending.set(this.#bots.pending);
    metrics.core.loginsPending.set(login.gate.pending);
    metrics.core.relays.set(this.#neighbours.relays.length);
    metrics.core.awaited.set(this.#parts.absences.size);
    metrics.core.cores.set(this.#neighbours.coreCount);
  }

  #serve(): void {
    const { login, anyRoom, anyUser } = COMMAND_SUBJECTS;
    this.#endings.push(
      this.#intake.hear(login, aboutNothing, (message) =>
        this.#answer(message, 'login', this.#login(message)),
      ),
      this.#intake.hear(anyUser, aboutUser, (message) =>
        this.#answer(message, 'whisper', this.#whisper(message)),
      ),
      this.#intake.hear(anyRoom, aboutRoom, (message) => this.#onRoomCommand(message)),
      this.#list.serve(),
      this.#bots.serve(this.#intake),
    );
  }

  #onRoomCommand(message: Received): void {
    const id = lastToken(message.subject);
    const room = roomId.safeParse(id).data;
    const command = roomCommand.safeParse(message.body).data;
    if (room === undefined || command === undefined) {
      message.respond(refuse(refusal('BAD_FIELD')));
      return;
    }
    this.#answer(message, command.type, this.#room(room, command, message.trace));
  }

  async #room(id: string, command: RoomCommand, trace: Trace | null): Promise<RoomOutcome> {
    const { registry, rooms, absences } = this.#parts;
    if (command.type === 'create') return this.#create(id, command, trace);
    if (command.type === 'remove') return this.#remove(id, command, trace);
    if (!(await registry.has(id))) return refuse(refusal('NO_SUCH_ROOM'));
    // Only who cannot say what it has heard must not be taken for a second session.
    if (command.type !== 'enter' || command.via !== 'xml') return rooms.get(id).run(command, trace);
    await this.#seekElsewhere(id, command);
    const answer = await rooms.get(id).run(command, trace);
    const isFirst = absences.toldBy(command.relay, id) === null;
    if (answer.ok && isFirst) absences.noteTold(command.relay, id, answer.seq);
    return answer;
  }

  // A relay that was just killed still counts as living: the account is back before it is missed.
  async #seekElsewhere(
    room: string,
    { from, relay }: Extract<RoomCommand, { type: 'enter' }>,
  ): Promise<void> {
    const { bus, presence, absences, options } = this.#parts;
    const others = presence.relaysOf(room, from.id).filter((other) => other !== relay);
    const question = { room, account: from.id };
    const answers = await Promise.all(
      others.map((other) => gather(bus, hereSubjectOf(other), question, HERE_MS, () => true)),
    );
    if (answers.flat().some((answer) => hereAnswer.safeParse(answer).data?.here === true)) return;
    for (const other of others) {
      presence.remove(other, room, from.id);
      absences.addOf(other, room, from, options.now());
    }
  }

  async #remove(
    id: string,
    command: Extract<RoomCommand, { type: 'remove' }>,
    trace: Trace | null,
  ): Promise<RoomAnswer> {
    const { registry, rooms } = this.#parts;
    const answer = await rooms.get(id).run(command, trace);
    const known = await registry.has(id);
    // A room that is in the registry and not in the log was half removed: finish it.
    const half = !answer.ok && answer.code === 'NO_SUCH_ROOM' && known;
    if (known && (answer.ok || half)) {
      await registry.remove(id);
      this.#tellRoomsChanged();
    }
    if (!(await registry.has(id))) rooms.drop(id);
    return half ? { ok: true, seq: 0 } : answer;
  }

  async #create(
    id: string,
    command: Extract<RoomCommand, { type: 'create' }>,
    trace: Trace | null,
  ): Promise<RoomAnswer> {
    const { registry, rooms, options } = this.#parts;
    if (registry.size >= options.roomsMax && !(await registry.has(id))) {
      return refuse(refusal('FORBIDDEN', 'There are as many rooms as there may be.'));
    }
    const answer = await rooms.get(id).run(command, trace);
    // A room that is in the log and not in the registry was half made: finish it.
    const half = !answer.ok && answer.code === 'ROOM_EXISTS' && !(await registry.has(id));
    if (!answer.ok && !half) return answer;
    await registry.put(id, command.name);
    this.#tellRoomsChanged();
    return answer;
  }

  async #login(message: Received) {
    const parsed = loginCommand.safeParse(message.body).data;
    if (parsed === undefined) return refuse(refusal('BAD_FIELD'));
    const answer = await authenticate(parsed.credentials, this.#parts.login);
    const outcome = answer.ok ? 'ok' : answer.code;
    this.#parts.metrics.core.logins.inc({ kind: parsed.credentials.kind, outcome });
    return answer;
  }

  async #whisper(message: Received): Promise<RoomAnswer> {
    const to = accountId.safeParse(lastToken(message.subject)).data;
    const command = userCommand.safeParse(message.body).data;
    if (to === undefined || command === undefined) return refuse(refusal('BAD_FIELD'));
    return this.#parts.whispers.run(to, command, message.trace);
  }

  #answer(message: Received, type: string, work: Promise<Outcome>): void {
    const { metrics, log } = this.#parts;
    const end = metrics.core.commandSeconds.startTimer({ type });
    work
      .catch((error: unknown): Outcome => {
        metrics.core.problems.inc();
        log.error({ err: error, type }, 'command failed');
        return refuse(refusal('TRY_AGAIN'));
      })
      .then((answer) => {
        end();
        const outcome = answer.ok ? 'ok' : (answer.code ?? 'refused');
        metrics.core.commands.inc({ type, outcome });
        log.debug({ ...message.trace, type, outcome }, 'command');
        if (answer.isHeard !== true) message.respond(answer);
      })
      .catch((error: unknown) => log.error({ err: error, type }, 'answer failed'));
  }

  #tellRoomsChanged(): void {
    tell(this.#parts.bus, CONTROL_SUBJECTS.roomsChanged, {});
  }

  // What relays told meanwhile, they told to others, or nobody heard it: who is away may be back.
  #onPause(pausedMs: number): void {
    const { metrics, log, rooms, absences } = this.#parts;
    metrics.core.pauses.inc();
    log.warn({ pausedMs: Math.round(pausedMs) }, 'this process did not run for a while');
    rooms.doubt();
    absences.clear();
    this.#own(this.#settler.doubt(this.#neighbours.relays), 'pause');
  }

  // What relays said while NATS was away is lost.
  async #onReconnected(): Promise<void> {
    await this.#parts.registry.reload();
    await this.#settler.doubt(this.#neighbours.relays);
  }

  async #forget(relay: string, silent: boolean): Promise<void> {
    if (silent) {
      this.#parts.metrics.core.relaysReaped.inc();
      this.#parts.log.warn({ relay }, 'relay silent, its members leave');
    }
    await this.#settler.onRelayGone(relay, silent);
  }

  #noteTold(body: unknown): void {
    const report = heardReport.safeParse(body).data;
    if (report === undefined) return;
    const { absences, options } = this.#parts;
    const { relay, rooms, again = false } = report;
    if (again && this.#neighbours.relays.includes(relay)) return;
    for (const { room, seq } of rooms) {
      if (again) absences.noteGone(room, seq, options.now());
      else absences.noteTold(relay, room, seq);
    }
  }

  #tellTold(): void {
    const { bus, absences } = this.#parts;
    for (const { relay, rooms } of absences.told) {
      for (let from = 0; from < rooms.length; from += ROOMS_PER_REPORT) {
        const some = rooms.slice(from, from + ROOMS_PER_REPORT);
        tell(bus, CONTROL_SUBJECTS.heard, { relay, rooms: some, again: true });
      }
    }
  }

  #settle(): void {
    this.#intake.look();
    this.#own(this.#settler.settle(), 'settle');
  }

  // Who did not come back within the grace leaves.
  #takeStock(): void {
    this.#intake.look();
    const { absences, ownership, rooms, options, bus } = this.#parts;
    if (bus.status !== 'connected') return;
    for (const [room, accounts] of absences.takeStock(options.now())) {
      if (ownership.owns(room)) this.#own(rooms.get(room).dismiss(accounts), 'dismissal');
      else absences.removeRoom(room);
    }
  }

  // The commands in a room that was another core's until now told that one who is where.
  async #move(others: readonly string[]): Promise<void> {
    const { ownership, rooms, log } = this.#parts;
    ownership.setOthers(others);
    log.info({ cores: ownership.cores }, 'chat-cores changed');
    for (const id of rooms.ids()) {
      if (!ownership.owns(id)) rooms.drop(id);
    }
    await this.#settler.doubt(this.#neighbours.relays);
  }

  // What runs beside the commands has its owner here.
  #own(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      this.#parts.metrics.core.problems.inc();
      this.#parts.log.error({ err: error, what }, 'background work failed');
    });
  }
}

// A message on the bus has a limit of 1 MiB; a room takes at most about 70 bytes.
const ROOMS_PER_REPORT = 5000;
// How exactly the grace is kept.
const STOCK_MS = 200;
// A relay that lives answers at once, and for one that is dead NATS does.
const HERE_MS = 300;
