import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader, roomEventOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { ChainCheck, type ChainProblem } from '../core/chain-check.ts';
import { markIn } from './marks.ts';

/** An event as the log has it. */
export interface StoredEvent {
  readonly seq: number;
  /** By the clock of chat-core. */
  readonly atMs: number;
  readonly type: string;
  /** Whose it is. */
  readonly account: string;
  /** Of what was said; null for other events. */
  readonly mark: string | null;
  readonly text: string | null;
}

/** What the log has of one room, in its order, and what is wrong with its hash chain. */
export interface RoomTruth {
  readonly events: readonly StoredEvent[];
  readonly chain: readonly ChainProblem[];
}

/** Reads the whole log of a room. Rejects with `BusError`. */
export async function readTruth(bus: BusConnection, room: string): Promise<RoomTruth> {
  const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 10 });
  const check = new ChainCheck([]);
  const events: StoredEvent[] = [];
  const chain: ChainProblem[] = [];
  try {
    const subject = logSubjectOfRoom(room);
    for await (const message of reader.forward(subject, 1, Number.MAX_SAFE_INTEGER)) {
      const problem = check.next(message);
      if (problem !== null) chain.push(problem);
      const logged = roomEventOf(message);
      if (logged === null) continue;
      const { type, from, time } = logged.event;
      const text = logged.event.type === 'message.posted' ? logged.event.text : null;
      const mark = text === null ? null : markIn(text);
      const atMs = Date.parse(time);
      events.push({ seq: logged.seq, atMs, type, account: from.id, mark, text });
    }
  } finally {
    reader.stop();
  }
  return { events, chain };
}

/** The sequence of the newest event of a room; 0 when there is none. Rejects with `BusError`. */
export async function newestIn(bus: BusConnection, room: string): Promise<number> {
  const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 10 });
  try {
    return (await reader.last(logSubjectOfRoom(room)))?.seq ?? 0;
  } finally {
    reader.stop();
  }
}

const READ_TIMEOUT_MS = 10_000;
