import type { Bucket } from '../bus/bucket.ts';
import type { BusConnection } from '../bus/bus-connection.ts';
import { type LogReader, roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import { scanLog } from '../bus/log-scan.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { ChainCheck, type ChainProblem, type ChainStart } from '../core/chain-check.ts';
import { type Checkpoint, type Checkpoints, knownBy } from '../core/checkpoints.ts';
import { FIRST_HASH, stateOf } from '../core/room-state.ts';
import type { Io } from './command.ts';
import { EVERYTHING, findSpan } from './log-span.ts';

export interface VerifyParts {
  readonly bus: BusConnection;
  readonly snapshots: Bucket;
  readonly checkpoints: Checkpoints;
  readonly reader: LogReader;
  readonly io: Io;
  readonly json: boolean;
  /** Checkpoints that were kept elsewhere, by room. */
  readonly outside: ReadonlyMap<string, Checkpoint>;
  readonly fromCheckpoint: boolean;
  /** Milliseconds since 1970; null: from the first event. */
  readonly since: number | null;
}

interface Start extends ChainStart {
  readonly fromSeq: number;
}

/**
 * Prints what is found in one room, as it is found, and then how far the room was read; returns how much
 * was found. Where that is nothing, and nothing was left unread before, the place is kept as checkpoint.
 */
export async function verifyRoom(room: string, parts: VerifyParts): Promise<number> {
  const { bus, snapshots, checkpoints, reader, io, json, outside, since } = parts;
  const subject = logSubjectOfRoom(room);
  const snapshot = stateOf((await snapshots.get(room))?.value ?? '');
  const kept = await checkpoints.of(room);
  const held = outside.get(room) ?? null;
  const { firstSeq } = await reader.extent();
  const known = [kept, held].flatMap((each) => (each === null ? [] : [knownBy(each)]));
  const start = await startOf(subject, held ?? kept, firstSeq, parts);
  const check = new ChainCheck(snapshot === null ? known : [snapshot, ...known], firstSeq, start);
  let problems = 0;
  const tell = async (problem: ChainProblem | null) => {
    if (problem === null) return;
    problems += 1;
    const { kind, seq, message } = problem;
    const line = `room ${room}: ${kind} at sequence ${seq}: ${message}\n`;
    await io.print(json ? `${JSON.stringify({ room, ...problem })}\n` : line);
  };
  const range = { subject, fromSeq: start?.fromSeq ?? 1, toSeq: Number.MAX_SAFE_INTEGER };
  for await (const batch of scanLog(bus, range)) {
    for (const message of batch) await tell(check.next(message.stored()));
  }
  await tell(check.end());
  await io.print(
    json ? summaryOf(room, check, start, problems) : lineOf(room, check, start, problems),
  );
  const { n, hash, last } = check;
  const isNew = last !== null && (kept === null || n > kept.events);
  if (problems === 0 && since === null && isNew) {
    await checkpoints.save({ room, events: n, seq: last.seq, hash, time: last.time });
  }
  return problems;
}

async function startOf(
  subject: string,
  checkpoint: Checkpoint | null,
  firstSeq: number,
  { reader, fromCheckpoint, since }: VerifyParts,
): Promise<Start | null> {
  if (since !== null) {
    const span = await findSpan(reader, subject, { ...EVERYTHING, since }, SEEK_ALWAYS);
    if (span === 'empty') return null;
    const first = (await reader.next(subject, span.fromSeq)) ?? (await reader.last(subject));
    return first === null ? null : beforeIt(first, reader);
  }
  if (!fromCheckpoint || checkpoint === null) return null;
  const { seq, events, hash } = checkpoint;
  if (seq < firstSeq) return { fromSeq: seq + 1, n: events, hash };
  const there = await reader.at(seq);
  // Where it is not there, reading from the beginning shows what became of it.
  return there?.subject === subject ? beforeIt(there, reader) : null;
}

async function beforeIt(message: StoredMessage, reader: LogReader): Promise<Start | null> {
  const n = roomEventOf(message)?.event.n;
  if (n === undefined) return null;
  const fromSeq = message.seq;
  if (n === 1) return { fromSeq, n: 0, hash: FIRST_HASH };
  const { prev } = message;
  const before = prev === null || prev === 0 ? null : await reader.at(prev);
  return { fromSeq, n: n - 1, hash: before?.hash ?? null };
}

// With `seq` and `time` it is a checkpoint: what `--checkpoint` reads.
function summaryOf(room: string, check: ChainCheck, start: Start | null, problems: number): string {
  const { n, hash, dropped, last } = check;
  const readFrom = start === null ? dropped + 1 : start.n + 1;
  const place = last === null ? {} : { seq: last.seq, time: last.time };
  return `${JSON.stringify({ room, events: n, dropped, readFrom, ...place, hash, problems })}\n`;
}

function lineOf(room: string, check: ChainCheck, start: Start | null, problems: number): string {
  const { n, hash, dropped } = check;
  const said = problems === 0 ? 'the chain is whole' : `${problems} problems`;
  const gone = dropped === 0 ? '' : `, the first ${dropped} dropped by age or size`;
  const read = start === null ? '' : `, read from event ${start.n + 1} on`;
  return `room ${room}: ${n} events${gone}${read}, ${said}, ends in ${hash}\n`;
}

// A short log, too, is read from there, so that what was read is what was asked.
const SEEK_ALWAYS = 0;
