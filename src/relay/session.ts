import { setTimeout as pause } from 'node:timers/promises';
import { BusError } from '../bus/bus-error.ts';
import type { Codec, Decoded, Ref } from '../codecs/codec.ts';
import type { Command } from '../domain/commands.ts';
import type { ConnectionReport } from '../domain/control.ts';
import { REFUSALS, type Refusal, refusal } from '../domain/refusals.ts';
import type { CommandName, Reply } from '../domain/replies.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Connection, ConnectionHandler } from '../transports/connection.ts';
import type { Allowance } from './allowance.ts';
import { type CommandParts, leaveRoom } from './caller.ts';
import { runCommand } from './commands.ts';
import { Exchange, type Replier } from './exchange.ts';
import type { Flusher } from './flusher.ts';
import { Outbox, type Place } from './outbox.ts';
import { refusalFrames } from './refusal-frames.ts';
import type { Speaker } from './speaker.ts';
import type { Speakers } from './speakers.ts';

export interface SessionParts extends CommandParts {
  readonly speakers: Speakers;
  readonly flusher: Flusher;
  /** The codec of a connection: known from the first frame, null when there was none yet. */
  readonly chooseCodec: (connection: Connection, firstFrame: Buffer | null) => Codec;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly onEnded: (session: Session) => void;
}

/**
 * One connection and who speaks on it. Its commands run one after the other, in the order they came, but
 * for messages, of which as many may be under way; while `pendingCommandsMax` wait, the connection is not read from.
 *
 * Every frame is answered or counted, never thrown on. A fatal refusal is said first, then the
 * connection is closed.
 */
export class Session implements Replier, ConnectionHandler {
  readonly #connection: Connection;
  readonly #parts: SessionParts;
  /** What this connection may send. */
  readonly #allowance: Allowance;
  readonly #outbox: Outbox;
  #loginTimer: NodeJS.Timeout | null;
  readonly #waiting: Decoded[] = [];
  #codec: Codec | null = null;
  #speaker: Speaker | null = null;
  /** Messages that are under way, in their order. */
  readonly #says: Promise<void>[] = [];
  #working: Promise<void> | null = null;
  #paused = false;
  #badFrames = 0;
  #refused: { readonly code: string; readonly atMs: number } | null = null;
  readonly #openedAtMs: number;
  #saidGoodbye = false;
  #state: 'open' | 'draining' | 'closing' | 'closed' = 'open';

  constructor(connection: Connection, allowance: Allowance, parts: SessionParts) {
    const { limits } = parts;
    this.#connection = connection;
    this.#allowance = allowance;
    this.#parts = parts;
    this.#openedAtMs = parts.clock();
    this.#outbox = new Outbox(connection, parts.flusher, limits.outboxMaxBytes, () => {
      parts.metrics.relay.slowReaders.inc();
      this.#refuse(refusal('SLOW_READER'));
    });
    this.#loginTimer = setTimeout(
      () => this.#refuse(refusal('LOGIN_TIMEOUT')),
      limits.loginTimeoutMs,
    );
  }

  /** Frames are read from now on. */
  start(): void {
    const { kind, remoteAddress } = this.#connection;
    this.#log('info', { kind, remoteAddress }, 'connection opened');
    this.#connection.start(this);
  }

  /** There are too many already: says so and closes. */
  turnAway(): void {
    this.#refuse(refusal('TOO_MANY_CONNECTIONS'));
  }

  get kind(): Connection['kind'] {
    return this.#connection.kind;
  }

  get codec(): Codec {
    return this.#codecFor(null);
  }

  get speaker(): Speaker | null {
    return this.#speaker;
  }

  get #isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'draining';
  }

  get #dialect(): { dialect: string } {
    return { dialect: this.codec.name };
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  /** What operators are told of it. */
  report(): ConnectionReport {
    const { id, kind, remoteAddress } = this.#connection;
    const nowMs = this.#parts.clock();
    const refused = this.#refused;
    return {
      ...{ id, kind, remoteAddress, dialect: this.#codec?.name ?? null },
      account: this.#speaker?.actor ?? null,
      rooms: [...(this.#speaker?.rooms ?? [])],
      outboxBytes: this.outboxBytes,
      openForMs: nowMs - this.#openedAtMs,
      refused: refused === null ? null : { code: refused.code, agoMs: nowMs - refused.atMs },
    };
  }

  onFrame(frame: Buffer): void {
    if (this.#state !== 'open') return;
    const { clock, metrics } = this.#parts;
    const excess = this.#allowance.frame(frame.length, clock());
    if (excess !== null) {
      this.#refuse(refusal(excess));
      return;
    }
    // A NUL after a NUL: old players send them, they mean nothing.
    if (frame.length === 0) return;
    const codec = this.#codecFor(frame);
    metrics.relay.frames.inc({ dialect: codec.name, direction: 'in' });
    this.#take(this.#allowance.admit(codec.decode(frame), clock()));
  }

  onRefusal(refused: Refusal): void {
    this.#refuse(refused);
  }

  onClosed(farewell: boolean): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#allowance.end();
    if (farewell) this.#saidGoodbye = true;
    this.#stopLoginTimer();
    this.#waiting.length = 0;
    this.#end()
      .catch((error: unknown) => this.#log('error', { err: error }, 'session end failed'))
      .finally(() => this.#parts.onEnded(this));
  }

  begin(speaker: Speaker): void {
    const { metrics, speakers } = this.#parts;
    this.#stopLoginTimer();
    this.#allowance.loggedIn();
    this.#speaker = speaker;
    speakers.add(speaker);
    metrics.relay.sessions.inc({ dialect: speaker.codec.name });
    const who = { accountId: speaker.actor.id, dialect: speaker.codec.name };
    this.#log('info', who, 'session begun');
  }

  push(frames: readonly Buffer[], place?: Place): void {
    if (this.#isOpen) this.#outbox.push(frames, place);
    else if (place !== undefined) this.#outbox.skip(place);
  }

  async whenDrained(): Promise<void> {
    const enough = this.#parts.limits.outboxMaxBytes / PACED_PART;
    while (this.#isOpen && this.#outbox.bytes > enough) await pause(DRAIN_POLL_MS);
  }

  replyTo(reply: Reply, ref: Ref | undefined): void {
    if (reply.type === 'error') this.#note(reply.refusal);
    this.push(this.codec.encodeReply(reply, ref));
  }

  logOut(): void {
    this.#saidGoodbye = true;
    this.#close(NORMAL_CLOSURE, '');
  }

  /** Finishes what was begun, says that the relay ends, and closes. */
  async drain(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'draining';
    this.#waiting.length = 0;
    await this.#whenIdle();
    this.#refuse(refusal('SHUTTING_DOWN'));
  }

  /** Cuts the connection without another word. */
  destroy(): void {
    this.#connection.destroy();
  }

  // A child of the logger for each connection would be as large as the rest of the session.
  #log(level: 'debug' | 'info' | 'error', fields: object, message: string): void {
    this.#parts.log[level]({ connectionId: this.#connection.id, ...fields }, message);
  }

  #stopLoginTimer(): void {
    if (this.#loginTimer !== null) clearTimeout(this.#loginTimer);
    this.#loginTimer = null;
  }

  #codecFor(frame: Buffer | null): Codec {
    if (this.#codec !== null) return this.#codec;
    const codec = this.#parts.chooseCodec(this.#connection, frame);
    if (frame !== null) this.#codec = codec;
    return codec;
  }

  #take(decoded: Decoded): void {
    const { limits, metrics } = this.#parts;
    if (!decoded.ok && BAD_FRAMES.has(decoded.refusal.code)) this.#badFrames += 1;
    if (this.#badFrames > limits.badFramesMax) {
      this.#refuse(refusal('TOO_MANY_ERRORS'));
      return;
    }
    this.#waiting.push(decoded);
    if (this.#waiting.length >= limits.pendingCommandsMax && !this.#paused) {
      this.#paused = true;
      metrics.relay.pausedReads.inc();
      this.#connection.pause();
    }
    this.#working ??= this.#work();
  }

  async #whenIdle(): Promise<void> {
    await this.#working;
    await this.#says.at(-1);
  }

  // Never rejects: whatever goes wrong becomes an answer.
  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (isMessage(next)) await this.#say(next);
      else {
        await this.#says.at(-1);
        await this.#answer(next, null);
      }
      if (this.#paused && this.#waiting.length < this.#parts.limits.pendingCommandsMax / 2) {
        this.#paused = false;
        this.#connection.resume();
      }
    }
    this.#working = null;
    // An array that was shifted empty keeps the room that it had.
    this.#waiting.length = 0;
  }

  // Messages need not wait for each other to be stored. They are answered in their order.
  async #say(decoded: Decoded): Promise<void> {
    while (this.#says.length >= this.#parts.limits.pendingCommandsMax) await this.#says[0];
    const done = this.#answer(decoded, this.#says.at(-1) ?? null);
    this.#says.push(done);
    // Owner of this promise: the session; `#answer` never rejects.
    void done.then(() => this.#says.shift());
  }

  // Never rejects. `before`: resolves when the command before is answered; null: it is.
  async #answer(decoded: Decoded, before: Promise<void> | null): Promise<void> {
    if (!decoded.ok) {
      this.#refuse(decoded.refusal, decoded.ref, decoded.during);
      return;
    }
    if (decoded.command === null) {
      if (decoded.dropped === true) this.#parts.metrics.relay.dropped.inc(this.#dialect);
      this.push(decoded.answer);
      return;
    }
    const { command, ref, claimedId } = decoded;
    if (decoded.salvaged === true) this.#parts.metrics.relay.salvaged.inc(this.#dialect);
    // protocol.md §3.1: the client's uid is read past.
    if (claimedId !== undefined && claimedId !== this.#speaker?.actor.id) {
      this.#parts.metrics.relay.claimedIds.inc();
      this.#log('debug', { claimedId }, 'claims another account');
    }
    const end = this.#parts.metrics.relay.commandSeconds.startTimer({ type: command.type });
    await this.#run(command, new Exchange(this, ref, before));
    await before;
    end();
  }

  async #run(command: Command, exchange: Exchange): Promise<void> {
    try {
      await runCommand(command, exchange, this.#parts);
    } catch (error) {
      const passing = error instanceof BusError && error.passing;
      if (!passing) this.#log('error', { err: error, type: command.type }, 'command failed');
      await exchange.whenItsTurn();
      exchange.reply({ type: 'error', refusal: refusal('TRY_AGAIN'), during: command.type });
    }
  }

  // A refusal of a frame or of the connection, in between what the commands reply.
  #refuse(refused: Refusal, ref?: Ref, during: CommandName | null = null): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#note(refused);
    const answersNone = ref === undefined && during === null;
    const frames = answersNone
      ? refusalFrames(this.codec, refused)
      : this.codec.encodeReply({ type: 'error', refusal: refused, during }, ref);
    const { fatal, closeCode } = REFUSALS[refused.code];
    if (!fatal) {
      this.push(frames);
      return;
    }
    this.#outbox.pushLast(frames);
    this.#close(closeCode ?? NORMAL_CLOSURE, refused.code);
  }

  #note({ code }: Refusal): void {
    this.#parts.metrics.relay.refusals.inc({ code });
    this.#refused = { code, atMs: this.#parts.clock() };
    // A flood is not to become one of the log.
    const level = code === 'RATE_LIMITED' ? 'debug' : 'info';
    this.#log(level, { code, accountId: this.#speaker?.actor.id }, 'refused');
  }

  #close(code: number, reason: string): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    this.#waiting.length = 0;
    this.#outbox.flush();
    this.#connection.close(code, reason);
  }

  async #end(): Promise<void> {
    this.#log('info', { accountId: this.#speaker?.actor.id }, 'connection closed');
    const leaving = this.#leaveEverything();
    await this.#whenIdle();
    await leaving;
    // What ran may have logged in, or entered a room.
    await this.#leaveEverything();
    if (this.#speaker === null) return;
    const { metrics, speakers } = this.#parts;
    speakers.remove(this.#speaker);
    metrics.relay.sessions.dec({ dialect: this.#speaker.codec.name });
  }

  async #leaveEverything(): Promise<void> {
    const speaker = this.#speaker;
    if (speaker === null) return;
    await Promise.all(
      [...speaker.rooms].map((room) => {
        const lost = this.#saidGoodbye ? undefined : { heard: this.#heard(room, speaker) };
        return leaveRoom(room, speaker, this.#parts, lost);
      }),
    );
  }

  // What waited for it when its connection broke it has not heard.
  #heard(room: string, speaker: Speaker): number | null {
    const told = this.#parts.hubs.heardBy(room, speaker);
    const sent = this.#outbox.lastSent(room);
    return told === null || sent === null ? told : Math.min(told, sent);
  }
}

// A catch-up is sent in parts: the next one when less than this part of the outbox is full.
const PACED_PART = 8;
const DRAIN_POLL_MS = 10;

const NORMAL_CLOSURE = 1000;
const BAD_FRAMES: ReadonlySet<string> = new Set(['BAD_FRAME', 'UNKNOWN_COMMAND']);

function isMessage(decoded: Decoded): boolean {
  return decoded.ok && decoded.command?.type === 'say' && decoded.command.rooms.length <= 1;
}
