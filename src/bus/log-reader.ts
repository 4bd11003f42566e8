import { createHash } from 'node:crypto';
import { type Msg, type MsgHdrs, headers as newHeaders } from 'nats';
import { z } from 'zod';
import { type Logged, type WhisperEvent, whisperEvent } from '../domain/events.ts';
import { readRoomEvent } from '../domain/read-event.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { NO_EPOCH, readStampedId } from './epoch.ts';
import { headerBlock, headerIn } from './header-block.ts';
import { Requester, type RequesterOptions } from './requester.ts';
import { HASH_HEADER, LOG_STREAM, LOG_SUBJECTS } from './subjects.ts';

/** One message of the log as it is stored. `payload` is exactly what the hash chain covers. */
export interface StoredMessage {
  readonly seq: number;
  /** Sequence of the message before it on the same subject: 0 for the first, null if not known. */
  readonly prev: number | null;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly messageId: string | null;
  /** By which it was stored (see `stampedId`). */
  readonly epoch: string;
  readonly hash: string | null;
}

/** Sequences of the oldest and the newest message that the log has or had. */
export interface LogExtent {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

const NO_SUCH_STREAM = 10059;
const PREVIOUS_HEADER = 'Nats-Expected-Last-Subject-Sequence';

/**
 * Reads the log message by message, without a consumer that could leak. Every method rejects with
 * `BusError`; the passing kinds mean that nothing was learned and asking again may help.
 */
export class LogReader {
  readonly #requester: Requester;
  readonly #directGet: string;
  readonly #leaderGet: string;
  readonly #streamInfo: string;

  constructor(bus: BusConnection, options: RequesterOptions) {
    this.#requester = new Requester(bus, options);
    this.#directGet = `${bus.apiPrefix}.DIRECT.GET.${LOG_STREAM}`;
    this.#leaderGet = `${bus.apiPrefix}.STREAM.MSG.GET.${LOG_STREAM}`;
    this.#streamInfo = `${bus.apiPrefix}.STREAM.INFO.${LOG_STREAM}`;
  }

  /** Requests without an answer yet. */
  get pending(): number {
    return this.#requester.pending;
  }

  /** The newest message of a subject, or null. On a cluster a little stale at times. */
  last(subject: string): Promise<StoredMessage | null> {
    return this.#direct({ last_by_subj: subject });
  }

  /** The first message of a subject at or after a sequence, or null. */
  next(subject: string, seq: number): Promise<StoredMessage | null> {
    return this.#direct({ seq, next_by_subj: subject });
  }

  at(seq: number): Promise<StoredMessage | null> {
    return this.#direct({ seq });
  }

  /** The newest message of a subject as the stream's leader has it: never stale, but slower. */
  lastFromLeader(subject: string): Promise<StoredMessage | null> {
    return this.#fromLeader({ last_by_subj: subject });
  }

  /** The oldest message of all as the stream's leader has it. Who may read may ask this. */
  oldestFromLeader(): Promise<StoredMessage | null> {
    return this.#fromLeader({ seq: 1, next_by_subj: LOG_SUBJECTS });
  }

  /** What stands at a sequence as the stream's leader has it. */
  atFromLeader(seq: number): Promise<StoredMessage | null> {
    return this.#fromLeader({ seq });
  }

  async #fromLeader(query: object): Promise<StoredMessage | null> {
    const answer = await this.#requester.request(this.#leaderGet, JSON.stringify(query));
    const parsed = leaderAnswer.safeParse(answer.json());
    if (!parsed.success) throw new BusError('STORE', 'the log gave an answer of an unknown form');
    const { error, message } = parsed.data;
    if (error?.err_code === NO_SUCH_STREAM) throw new BusError('NO_RESPONDERS', 'there is no log');
    if (error?.code === 404) return null;
    // A cluster without a leader for the moment answers so.
    if (error?.code === 503) throw new BusError('NO_RESPONDERS', error.description);
    if (message === undefined) throw new BusError('STORE', error?.description ?? 'no message');
    const headers = parseHeaders(message.hdrs);
    return {
      seq: message.seq,
      prev: toSequence(headers.get(PREVIOUS_HEADER)),
      subject: message.subject,
      payload: Buffer.from(message.data ?? '', 'base64'),
      ...idsOf(headers.get('Nats-Msg-Id')),
      hash: headers.get(HASH_HEADER) ?? null,
    };
  }

  /** From where to where the log goes, as the stream's leader has it. An empty one ends before it begins. */
  async extent(): Promise<LogExtent> {
    const answer = await this.#requester.request(this.#streamInfo, '');
    const parsed = infoAnswer.safeParse(answer.json());
    if (!parsed.success) throw new BusError('STORE', 'the log gave an answer of an unknown form');
    const { error, state } = parsed.data;
    if (state !== undefined) return { firstSeq: state.first_seq, lastSeq: state.last_seq };
    throw new BusError('NO_RESPONDERS', error?.description ?? 'there is no log');
  }

  /** The messages of a subject from `fromSeq` up to and including `toSeq`, oldest first. */
  async *forward(subject: string, fromSeq: number, toSeq: number): AsyncGenerator<StoredMessage> {
    let from = fromSeq;
    while (from <= toSeq) {
      const message = await this.next(subject, from);
      if (message === null || message.seq > toSeq) return;
      yield message;
      from = message.seq + 1;
    }
  }

  /** The messages of a subject before `beforeSeq` (null: from the end), newest first. */
  async *backward(subject: string, beforeSeq: number | null): AsyncGenerator<StoredMessage> {
    const after = beforeSeq === null ? null : await this.next(subject, beforeSeq);
    let message = after === null ? await this.last(subject) : await this.#before(after);
    while (message !== null) {
      // The last one may be newer than the question was.
      if (beforeSeq === null || message.seq < beforeSeq) yield message;
      message = await this.#before(message);
    }
  }

  stop(): void {
    this.#requester.stop();
  }

  // Each message of a room names the one before it: that is how the writer fenced it.
  async #before({ prev }: StoredMessage): Promise<StoredMessage | null> {
    return prev === null || prev === 0 ? null : this.at(prev);
  }

  async #direct(query: object): Promise<StoredMessage | null> {
    const answer = await this.#requester.request(this.#directGet, JSON.stringify(query));
    const status = answer.headers?.code ?? 0;
    if (status === 404) return null;
    if (status !== 0) throw new BusError('STORE', `the log answered with status ${status}`);
    return storedMessage(answer);
  }
}

/** A message that the log answered with, or that came from a consumer of it. */
export function storedMessage(
  message: Msg,
  at?: { seq: number; subject: string },
  headers = headerBlock(message),
): StoredMessage {
  return {
    seq: at?.seq ?? Number(headerIn(headers, 'Nats-Sequence')),
    prev: previousIn(headers),
    subject: at?.subject ?? headerIn(headers, 'Nats-Subject') ?? '',
    payload: message.data,
    ...idsOf(headerIn(headers, 'Nats-Msg-Id')),
    hash: headerIn(headers, HASH_HEADER) || null,
  };
}

/** What of a message an event in it needs to be told apart from all others. */
export type Placed = Pick<StoredMessage, 'seq' | 'prev' | 'payload'>;

/** The room event that a message holds, or null when somebody else wrote it. */
export function roomEventOf(message: Placed): Logged | null {
  const event = readRoomEvent(textOf(message.payload));
  return event === null ? null : { seq: message.seq, prev: message.prev ?? 0, event };
}

/** The whisper that a message holds, or null. */
export function whisperOf(message: Placed): Logged<WhisperEvent> | null {
  const parsed = whisperEvent.safeParse(parseJson(message.payload));
  if (!parsed.success) return null;
  return { seq: message.seq, prev: message.prev ?? 0, event: parsed.data };
}

/** What tells a message from any other that may stand at its place, in this log or one made anew. */
export function identityOf({ hash, messageId, payload }: StoredMessage): string {
  return hash ?? messageId ?? createHash('sha256').update(payload).digest('hex');
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(payload));
  } catch {
    // Not JSON is one of the things that a foreign message may be: the schema refuses undefined.
    return undefined;
  }
}

// Of the bytes as they are: nothing is copied.
function textOf(payload: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = payload;
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(buffer, byteOffset, byteLength);
  return bytes.toString('utf8');
}

const leaderAnswer = z.object({
  error: z
    .object({
      code: z.int(),
      err_code: z.int().optional(),
      description: z.string().default('no reason'),
    })
    .optional(),
  message: z
    .object({
      seq: z.int(),
      subject: z.string(),
      data: z.string().optional(),
      hdrs: z.string().optional(),
    })
    .optional(),
});

const infoAnswer = z.object({
  error: z.object({ description: z.string().default('no reason') }).optional(),
  state: z.object({ first_seq: z.int(), last_seq: z.int() }).optional(),
});

function parseHeaders(encoded: string | undefined): Map<string, string> {
  const lines = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split('\r\n')
    .slice(1);
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
    }),
  );
}

function idsOf(id: string | undefined): Pick<StoredMessage, 'messageId' | 'epoch'> {
  return id === undefined || id === '' ? { messageId: null, epoch: NO_EPOCH } : readStampedId(id);
}

/** The sequence of the message before it on the same subject, from the headers of a stored one. */
export function previousIn(headers: string): number | null {
  return toSequence(headerIn(headers, PREVIOUS_HEADER));
}

function toSequence(value: string | undefined): number | null {
  return value === undefined || value === '' ? null : Number(value);
}

/**
 * Headers of an append: the message id, the fence, and the hash chain. `after`: the message id that the
 * log's newest message must have, of whatever subject.
 */
export function appendHeaders(
  messageId: string,
  expectedLast: number | null,
  hash: string | null,
  after: string | null = null,
): MsgHdrs {
  const headers = newHeaders();
  headers.set('Nats-Msg-Id', messageId);
  headers.set('Nats-Expected-Stream', LOG_STREAM);
  if (expectedLast !== null) headers.set(PREVIOUS_HEADER, String(expectedLast));
  if (after !== null) headers.set('Nats-Expected-Last-Msg-Id', after);
  if (hash !== null) headers.set(HASH_HEADER, hash);
  return headers;
}
