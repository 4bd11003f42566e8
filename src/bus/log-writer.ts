import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Trace } from '../domain/trace.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError, type BusErrorKind } from './bus-error.ts';
import { appendHeaders, type LogReader } from './log-reader.ts';
import { Requester } from './requester.ts';
import { addTrace } from './trace-header.ts';

export interface LogWriterOptions {
  /** How long one attempt may wait for the log's answer. */
  readonly appendTimeoutMs: number;
  readonly pendingMax: number;
  /** Called after each append, with how long it took. */
  readonly onAppended?: (outcome: AppendOutcome, seconds: number) => void;
}

/** `stored` now, known as a `duplicate`, or the kind of the error. */
export type AppendOutcome = 'stored' | 'duplicate' | 'failed' | BusErrorKind;

export interface Append {
  readonly subject: string;
  readonly payload: Uint8Array | string;
  /** Stored once within the duplicate window, however often it is sent. Printable ASCII. */
  readonly messageId: string;
  /** The append is refused unless this is the sequence of the subject's newest message. */
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

  constructor(bus: BusConnection, reader: LogReader, options: LogWriterOptions) {
    this.#bus = bus;
    this.#reader = reader;
    this.#onAppended = options.onAppended;
    this.#requester = new Requester(bus, {
      timeoutMs: options.appendTimeoutMs,
      pendingMax: options.pendingMax,
    });
  }

  /** Appends without an answer yet. */
  get pending(): number {
    return this.#requester.pending;
  }

  async append(append: Append): Promise<Appended> {
    const begun = performance.now();
    const tell = (outcome: AppendOutcome) =>
      this.#onAppended?.(outcome, (performance.now() - begun) / 1000);
    try {
      const appended = await this.#untilAnswered(append);
      tell(appended.duplicate ? 'duplicate' : 'stored');
      return appended;
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

  stop(): void {
    this.#requester.stop();
  }

  async #attempt(append: Append): Promise<Appended> {
    const headers = appendHeaders(append.messageId, append.expectedLast, append.hash);
    if (append.trace != null) addTrace(headers, append.trace);
    const answer = await this.#requester.request(append.subject, append.payload, headers);
    const ack = publishAck.safeParse(answer.json());
    if (!ack.success) throw new BusError('STORE', 'the log gave an answer of an unknown form');
    const { error, seq, duplicate } = ack.data;
    if (error === undefined && seq !== undefined) return { seq, duplicate: duplicate ?? false };
    if (error !== undefined && WRONG_LAST_SEQUENCE.has(error.err_code)) {
      return this.#resolveFence(append);
    }
    // A cluster without a leader for the moment answers so.
    if (error?.code === 503) throw new BusError('NO_RESPONDERS', error.description);
    throw new BusError('STORE', error?.description ?? 'the log refused without a reason');
  }

  // A cluster compares the sequence before the message id, so this refusal may speak of our own
  // message, stored by an attempt whose answer was lost. The leader knows.
  async #resolveFence(append: Append): Promise<Appended> {
    const last = await this.#reader.lastFromLeader(append.subject);
    if (last?.messageId === append.messageId) return { seq: last.seq, duplicate: true };
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
const RETRY_PAUSE_MS = 50;

const publishAck = z.object({
  error: z
    .object({ code: z.int(), err_code: z.int().default(0), description: z.string().default('') })
    .optional(),
  seq: z.int().optional(),
  duplicate: z.boolean().optional(),
});
