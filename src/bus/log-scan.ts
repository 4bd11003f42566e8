import { setTimeout as pause } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerConfig,
  createInbox,
  DeliverPolicy,
  type JetStreamManager,
  type Msg,
  NatsError,
  nanos,
  nuid,
  ReplayPolicy,
  type Subscription,
} from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { headerBlock } from './header-block.ts';
import { type Placed, previousIn, type StoredMessage, storedMessage } from './log-reader.ts';
import { ALL_LOGGED_ROOMS, LOG_STREAM, lastToken } from './subjects.ts';

/** Which messages of the log are read: of a subject, wildcards allowed, from one sequence to another. */
export interface ScanRange {
  readonly subject: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** A message as a scan finds it. What is in its headers is read each time that it is asked for. */
export interface ScannedMessage extends Placed {
  readonly subject: string;
  stored(): StoredMessage;
}

/**
 * Reads a range of the log in bulk, oldest first: some twenty times as fast as message by message. Ends
 * where the log ended when the scan began. Holds at most 2000 messages, however slowly they are taken.
 *
 * It goes on after a lost connection, a new leader or a consumer that was given up as idle, each message
 * once. Throws `BusError` when nothing can be read for half a minute.
 */
export async function* scanLog(
  bus: BusConnection,
  { subject, fromSeq, toSeq }: ScanRange,
): AsyncGenerator<readonly ScannedMessage[]> {
  let from = fromSeq;
  let failures = 0;
  while (from <= toSeq) {
    const pull = new Pull(bus);
    try {
      await pull.begin(subject, from);
      for (let batch = await pull.next(); batch.length > 0; batch = await pull.next()) {
        failures = 0;
        const last = batch.at(-1)?.seq ?? from;
        const wanted = last <= toSeq ? batch : batch.filter(({ seq }) => seq <= toSeq);
        if (wanted.length > 0) yield wanted;
        from = last + 1;
        if (last > toSeq) return;
      }
      return;
    } catch (error) {
      failures += 1;
      if (!(error instanceof BusError) || !error.passing || failures === TRIES_MAX) throw error;
      await bus.whenConnected(RECONNECT_MAX_MS);
      await pause(failures * RETRY_PAUSE_MS);
    } finally {
      await pull.end();
    }
  }
}

/** A consumer of the log that is gone when it is done with, or half a minute after its reader. */
class Pull {
  readonly #bus: BusConnection;
  readonly #inbox = createInbox();
  readonly #name = `scan_${nuid.next()}`;
  readonly #beforePlace = `.${LOG_STREAM}.${this.#name}.`;
  readonly #subscription: Subscription;
  readonly #stopListening: () => void;
  #manager: JetStreamManager | null = null;
  #queue: ScannedMessage[] = [];
  #problem: BusError | null = null;
  #wake: () => void = () => undefined;
  /** Messages that were asked for and have not come. */
  #due = 0;
  /** Messages that the log had when the scan began and that were not asked for. */
  #left = 0;
  #delivered = 0;

  constructor(bus: BusConnection) {
    this.#bus = bus;
    this.#subscription = bus.nc.subscribe(this.#inbox, {
      callback: (error, message) => {
        if (error === null) this.#onMessage(message);
      },
    });
    // What was asked for before is not answered after it.
    this.#stopListening = bus.onStatus((status) => {
      if (status !== 'connected') this.#fail('DISCONNECTED', 'NATS went away');
    });
  }

  async begin(subject: string, fromSeq: number): Promise<void> {
    await asBusError(async () => {
      this.#manager = await this.#bus.nc.jetstreamManager({ checkAPI: false });
      const made = await this.#manager.consumers.add(LOG_STREAM, {
        ...CONSUMER,
        name: this.#name,
        filter_subject: subject,
        opt_start_seq: Math.max(1, fromSeq),
      });
      this.#left = made.num_pending;
    });
  }

  /** What has come since the last call, at least one; none when all was delivered. */
  async next(): Promise<readonly ScannedMessage[]> {
    this.#ask();
    if (this.#queue.length === 0 && this.#due > 0) await this.#arrival();
    const batch = this.#queue;
    this.#queue = [];
    if (batch.length === 0 && this.#problem !== null) throw this.#problem;
    return batch;
  }

  async end(): Promise<void> {
    this.#stopListening();
    this.#subscription.unsubscribe();
    // Where this fails the server forgets the consumer by itself.
    await this.#manager?.consumers.delete(LOG_STREAM, this.#name).catch(() => undefined);
  }

  #ask(): void {
    while (this.#left > 0 && this.#due + this.#queue.length <= BATCH) {
      const batch = Math.min(BATCH, this.#left);
      this.#bus.publish(
        `$JS.API.CONSUMER.MSG.NEXT.${LOG_STREAM}.${this.#name}`,
        JSON.stringify({ batch, expires: nanos(SILENCE_MAX_MS) }),
        { reply: this.#inbox },
      );
      this.#due += batch;
      this.#left -= batch;
    }
  }

  async #arrival(): Promise<void> {
    if (this.#problem !== null) return;
    const timer = setTimeout(() => this.#fail('TIMEOUT', 'the log is silent'), SILENCE_MAX_MS);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    clearTimeout(timer);
  }

  #onMessage(message: Msg): void {
    const place = placeOf(message.reply ?? '', this.#beforePlace);
    if (place === null) {
      const status = message.headers?.code ?? 0;
      // Without a place it is no message but news of the request: it has ended.
      this.#fail(status === 503 ? 'NO_RESPONDERS' : 'TIMEOUT', `a read ended with ${status}`);
      return;
    }
    this.#delivered += 1;
    if (place.delivery !== this.#delivered) {
      this.#fail('TIMEOUT', 'messages were lost on the way');
      return;
    }
    if (this.#problem !== null) return;
    this.#due -= 1;
    this.#queue.push(new Scanned(message, place.seq));
    this.#wake();
  }

  #fail(kind: 'TIMEOUT' | 'NO_RESPONDERS' | 'DISCONNECTED', message: string): void {
    this.#problem ??= new BusError(kind, message);
    this.#wake();
  }
}

const BATCH = 1000;
// The server does not tell when it has given up a consumer.
const SILENCE_MAX_MS = 2000;
const RECONNECT_MAX_MS = 30_000;
const TRIES_MAX = 15;
const RETRY_PAUSE_MS = 50;
const CONSUMER = {
  deliver_policy: DeliverPolicy.StartSequence,
  ack_policy: AckPolicy.None,
  replay_policy: ReplayPolicy.Instant,
  inactive_threshold: nanos(30_000),
  mem_storage: true,
  num_replicas: 1,
} satisfies Partial<ConsumerConfig>;

// What is decoded of a message is decoded when it is asked for: a search looks at most bytes only.
class Scanned implements ScannedMessage {
  readonly seq: number;
  readonly #message: Msg;

  constructor(message: Msg, seq: number) {
    this.#message = message;
    this.seq = seq;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get prev(): number | null {
    return previousIn(headerBlock(this.#message));
  }

  get payload(): Uint8Array {
    return this.#message.data;
  }

  stored(): StoredMessage {
    return storedMessage(this.#message, { seq: this.seq, subject: this.subject });
  }
}

// $JS.ACK.<stream>.<consumer>.<deliveries>.<seq>.<delivery>.<time>.<pending>, with the domain and the
// account after ACK on some servers. It is read for every message, so nothing is split.
function placeOf(reply: string, before: string): { seq: number; delivery: number } | null {
  const start = reply.indexOf(before);
  if (start < 0 || !reply.startsWith('$JS.ACK.')) return null;
  const seqAt = reply.indexOf('.', start + before.length) + 1;
  const deliveryAt = reply.indexOf('.', seqAt) + 1;
  return { seq: numberAt(reply, seqAt), delivery: numberAt(reply, deliveryAt) };
}

function numberAt(text: string, start: number): number {
  let value = 0;
  for (let at = start; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - DIGIT_0;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}

const DIGIT_0 = 48;

async function asBusError(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof NatsError)) throw cause;
    const kind = PASSING.get(cause.code) ?? 'STORE';
    throw new BusError(kind, `the log cannot be read: ${cause.message}`, { cause });
  }
}

const PASSING: ReadonlyMap<string, 'TIMEOUT' | 'NO_RESPONDERS' | 'DISCONNECTED'> = new Map([
  ['TIMEOUT', 'TIMEOUT'],
  ['503', 'NO_RESPONDERS'],
  ['DISCONNECT', 'DISCONNECTED'],
  ['CONNECTION_CLOSED', 'DISCONNECTED'],
]);

/** The rooms that have anything in the log, also those that were removed, with how much. */
export async function roomsInLog(bus: BusConnection): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  await asBusError(async () => {
    const manager = await bus.nc.jetstreamManager({ checkAPI: false });
    const { state } = await manager.streams.info(LOG_STREAM, { subjects_filter: ALL_LOGGED_ROOMS });
    for (const [subject, messages] of Object.entries(state.subjects ?? {})) {
      found.set(lastToken(subject), messages);
    }
  });
  return found;
}
