import { setTimeout as pause } from 'node:timers/promises';
import type { Msg } from 'nats';
import { z } from 'zod';
import type { Trace } from '../domain/trace.ts';
import { AppendChain, type Link } from './append-chain.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError, type BusErrorKind } from './bus-error.ts';
import { NO_EPOCH, stampedId } from './epoch.ts';
import { appendHeaders, type LogReader } from './log-reader.ts';
import { Requester } from './requester.ts';
import { addTrace } from './trace-header.ts';

export interface LogWriterOptions {
  /** How long one attempt may wait for the log's answer. */
  readonly appendTimeoutMs: number;
  readonly pendingMax: number;
  /** Called after each append, with how long it took. */
  readonly onAppended?: (outcome: AppendOutcome, seconds: number) => void;
  /**
   * Makes the name of an epoch, another one each time. Null: several servers store the log, so what is
   * sent first may be stored last, and nothing is sent ahead.
   */
  readonly newEpoch: (() => string) | null;
}

/** `stored` now, known as a `duplicate`, or the kind of the error. */
export type AppendOutcome = 'stored' | 'duplicate' | 'failed' | BusErrorKind;

export interface Append {
  readonly subject: string;
  readonly payload: Uint8Array | string;
  /** Stored once within the duplicate window, however often this writer sends it. Printable ASCII. */
  readonly messageId: string;
  /**
   * The append is refused unless this is the sequence of the subject's newest message. Null: it is
   * stored wherever that is, and once whichever writer sends it.
   */
  readonly expectedLast: number | null;
  readonly hash: string | null;
  /** Told to who reads the event; null or left out: it belongs to no trace. */
  readonly trace?: Trace | null;
  /** By when to give up. */
  readonly deadline: number;
}

export interface Appended {
  readonly seq: number;
  /** True when an earlier message with this id was there: nothing new was stored. */
  readonly duplicate: boolean;
  /** In which it was sent. */
  readonly epoch: string;
}

/** An append that is under way, and where it will be. */
export interface Ahead {
  readonly seq: number;
  readonly epoch: string;
  /** Resolves when it is stored there; rejects when it is not, or nobody knows. */
  readonly stored: Promise<void>;
}

/**
 * Appends to the log so that an append is stored once or not at all, through lost answers,
 * reconnects and changes of the stream's leader.
 *
 * Throws `FENCED` when the subject has moved on, `STORE` for a refusal of the log's own, and a
 * passing kind when the deadline came first: then the message may or may not have been stored, and
 * the caller must read the log before it goes on. One append per subject at a time is the caller's duty.
 */
export class LogWriter {
  readonly #bus: BusConnection;
  readonly #reader: LogReader;
  readonly #requester: Requester;
  readonly #onAppended: LogWriterOptions['onAppended'];
  readonly #chain: AppendChain | null;
  readonly #stopListening: () => void;
  #epoch = NO_EPOCH;

  constructor(bus: BusConnection, reader: LogReader, options: LogWriterOptions) {
    this.#bus = bus;
    this.#reader = reader;
    this.#onAppended = options.onAppended;
    this.#requester = new Requester(bus, {
      timeoutMs: options.appendTimeoutMs,
      pendingMax: options.pendingMax,
    });
    const { newEpoch } = options;
    this.#chain = newEpoch === null ? null : new AppendChain(() => performance.now());
    this.#epoch = newEpoch?.() ?? NO_EPOCH;
    // What was sent may still arrive when the connection is lost: it is not to be taken for what is
    // sent from then on.
    this.#stopListening = bus.onStatus((status) => {
      if (status !== 'connected' && newEpoch !== null) this.#epoch = newEpoch();
    });
  }

  /** The present one. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Appends without an answer yet. */
  get pending(): number {
    return this.#requester.pending;
  }

  async append(append: Append): Promise<Appended> {
    return this.#timed(this.#untilAnswered(append), ({ duplicate }) => duplicate);
  }

  async #timed<T>(work: Promise<T>, isDuplicate: (done: T) => boolean): Promise<T> {
    const begun = performance.now();
    const tell = (outcome: AppendOutcome) =>
      this.#onAppended?.(outcome, (performance.now() - begun) / 1000);
    try {
      const done = await work;
      tell(isDuplicate(done) ? 'duplicate' : 'stored');
      return done;
    } catch (error) {
      tell(error instanceof BusError ? error.kind : 'failed');
      throw error;
    }
  }

  async #untilAnswered(append: Append): Promise<Appended> {
    if (performance.now() >= append.deadline) throw new BusError('TIMEOUT', 'too late to begin');
    for (;;) {
      try {
        return await this.#attempt(append);
      } catch (error) {
        if (!(error instanceof BusError) || !error.passing) throw error;
        if (performance.now() >= append.deadline) throw error;
        await this.#beforeRetry(error, append.deadline);
      }
    }
  }

  /**
   * The sequence at which an epoch stored a message within the duplicate window, or null. Stores
   * nothing: it asks for an append that the server refuses for another reason when it does not know
   * the id. Rejects with `BusError`.
   */
  async storedIn(
    epoch: string,
    { subject, messageId }: Pick<Append, 'subject' | 'messageId'>,
  ): Promise<number | null> {
    const headers = appendHeaders(stampedId(epoch, messageId), null, null, NOBODYS_ID);
    const ack = ackOf(await this.#requester.request(subject, '', headers));
    if (ack.error?.err_code === WRONG_LAST_ID) return null;
    if (ack.duplicate === true && ack.seq !== undefined) return ack.seq;
    throw refusalOf(ack);
  }

  stop(): void {
    this.#stopListening();
    this.#requester.stop();
  }

  /**
   * Sends an append without waiting for those before it: if one of them is not stored, neither is this.
   * It is sent once; when it is not stored, the caller must read the log before it goes on. Null, and
   * nothing is sent, while it cannot be foreseen where it would be.
   */
  appendAhead(append: Append): Ahead | null {
    if (this.#chain?.isWhole !== true) return null;
    const epoch = this.#epoch;
    const link = this.#chain.send(stampedId(epoch, append.messageId));
    if (link.seq === null) throw new Error('a whole chain knows its end');
    const stored = this.#send(append, epoch, link).then((ack) => {
      if (ack.seq !== link.seq) throw new BusError('FENCED', 'stored elsewhere');
    });
    return { seq: link.seq, epoch, stored: this.#timed(stored, () => false) };
  }

  async #attempt(append: Append): Promise<Appended> {
    for (;;) {
      // Without a fence, only the id tells what another writer has stored already.
      const epoch = append.expectedLast === null ? NO_EPOCH : this.#epoch;
      const id = epoch === NO_EPOCH ? null : stampedId(epoch, append.messageId);
      const link = this.#chain?.send(id) ?? null;
      const ack = await this.#send(append, epoch, link);
      const { error, seq, duplicate } = ack;
      if (error === undefined && seq !== undefined) {
        return { seq, epoch, duplicate: duplicate ?? false };
      }
      // Of the one before it, not of this one: sent again it waits for nobody.
      if (error?.err_code === WRONG_LAST_ID) continue;
      if (error !== undefined && WRONG_LAST_SEQUENCE.has(error.err_code)) {
        return this.#resolveFence(append);
      }
      throw refusalOf(ack);
    }
  }

  // Nothing is awaited before it is sent: links are in the order of sending.
  async #send(append: Append, epoch: string, link: Link | null): Promise<PublishAck> {
    let seq: number | null = null;
    try {
      const { messageId, expectedLast, hash } = append;
      const id = stampedId(epoch, messageId);
      const headers = appendHeaders(id, expectedLast, hash, link?.after ?? null);
      if (append.trace != null) addTrace(headers, append.trace);
      const ack = ackOf(await this.#requester.request(append.subject, append.payload, headers));
      if (ack.error === undefined && ack.duplicate !== true) seq = ack.seq ?? null;
      return ack;
    } finally {
      if (link !== null) this.#chain?.settle(link, seq);
    }
  }

  // A cluster compares the sequence before the message id, so this refusal may speak of our own
  // message, stored by an attempt whose answer was lost. The leader knows.
  async #resolveFence(append: Append): Promise<Appended> {
    const last = await this.#reader.lastFromLeader(append.subject);
    if (last?.messageId === append.messageId) {
      return { seq: last.seq, epoch: last.epoch, duplicate: true };
    }
    if ((last?.seq ?? 0) === append.expectedLast) {
      throw new BusError('TIMEOUT', 'the log is settling');
    }
    throw new BusError('FENCED', `${append.subject} has moved on`);
  }

  async #beforeRetry(error: BusError, deadline: number): Promise<void> {
    const left = Math.max(1, deadline - performance.now());
    if (error.kind === 'DISCONNECTED') await this.#bus.whenConnected(left);
    // After that, too: a connection that is closing looks connected and takes nothing.
    await pause(Math.min(RETRY_PAUSE_MS, left));
  }
}

// 10164 is the same for a proposal that is still under way, on servers from 2.11.
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10071, 10164]);
const WRONG_LAST_ID = 10070;
const RETRY_PAUSE_MS = 50;

const publishAck = z.object({
  error: z
    .object({ code: z.int(), err_code: z.int().default(0), description: z.string().default('') })
    .optional(),
  seq: z.int().optional(),
  duplicate: z.boolean().optional(),
});
type PublishAck = z.infer<typeof publishAck>;

// No id of the log: each names what it is of.
const NOBODYS_ID = '-';

function ackOf(answer: Msg): PublishAck {
  const ack = publishAck.safeParse(answer.json());
  if (!ack.success) throw new BusError('STORE', 'the log gave an answer of an unknown form');
  return ack.data;
}

function refusalOf({ error }: PublishAck): BusError {
  // A cluster without a leader for the moment answers so.
  if (error?.code === 503) return new BusError('NO_RESPONDERS', error.description);
  return new BusError('STORE', error?.description ?? 'the log refused without a reason');
}
