import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { LogReader, roomEventOf } from '../bus/log-reader.ts';
import { isReservedSubject, logSubjectOfRoom } from '../bus/subjects.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type Logged, replayId } from '../domain/events.ts';
import { roomId } from '../domain/ids.ts';
import { isOf } from '../transcripts/person.ts';
import { Replay, type ReplayClock, type Speed } from '../transcripts/replay.ts';
import { shown } from '../transcripts/span-in-words.ts';
import type { Zone } from '../transcripts/zone.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  type Io,
  parsing,
  UsageError,
} from './command.ts';
import { EVERYTHING, type FoundSpan, findSpan, type Span } from './log-span.ts';
import { Progress } from './progress.ts';
import { PrintTarget, RESERVED, RoomTarget, SubjectTarget, type Target } from './replay-targets.ts';
import { onSystem } from './system.ts';
import { parseNumber, parseTime, parseZone } from './values.ts';

export const replay: Command = {
  help: `usage: xmlsocket-relay replay ROOM [--to ROOM | --to-subject SUBJECT] [OPTIONS]

Tells what happened in a room again, at the pace at which it happened: on stdout, into another room, or
on a subject. What is told says that it is a replay. In a room the system tells it, with the names of
then: clients old and new see the conversation go by, and nobody seems to speak who is not there. No
room is told into itself, and nothing of the log changes.

The same replay into the same room goes on where it was ended or cut off, and tells nothing twice. Ctrl-C
ends it.

  --to ROOM          tells it in this room, to whoever is there
  --to-subject S     publishes the events on this subject
  --speed N          N times as fast; max: one after the other; 1 if left out
  --max-pause S      no pause is longer than S seconds
  --since T          only what happened at T or later, like 2026-11-23 or 2026-11-23T06:55:35Z
  --until T          only what happened before T
  --from NAME        only what this person said or did, by the name of then
  --tz ZONE          the time zone of T and of the times shown, like Europe/Paris; UTC if left out
  --id NAME          another name for this replay, to tell it once more
  --format FORMAT    on stdout: json (the default) or text
  --json             the same as --format json
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args);
    const wanted = readWanted(positionals[0] ?? '', values);
    const { config } = loadConfig(io.env, values.config);
    await onSystem(config, (bus) => tellAll(bus, io, wanted, config));
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  to: { type: 'string' },
  'to-subject': { type: 'string' },
  speed: { type: 'string', default: '1' },
  'max-pause': { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  from: { type: 'string' },
  tz: { type: 'string', default: 'UTC' },
  id: { type: 'string' },
  format: { type: 'string', default: 'json' },
} as const;

function readArguments(args: string[]) {
  return parsing((parse) => parse({ args, options: OPTIONS, allowPositionals: true }), {
    ...{ min: 1, max: 1 },
  });
}

type Values = ReturnType<typeof readArguments>['values'];

interface Wanted {
  readonly room: string;
  readonly to: string | undefined;
  readonly subject: string | undefined;
  readonly span: Span;
  readonly speed: Speed;
  readonly maxPauseMs: number | null;
  readonly zone: Zone;
  readonly id: string;
  readonly format: 'json' | 'text';
}

function readWanted(room: string, values: Values): Wanted {
  const { to, from, since, until, speed, 'to-subject': subject, 'max-pause': maxPause } = values;
  for (const id of [room, ...(to === undefined ? [] : [to])]) {
    if (!roomId.safeParse(id).success) throw new UsageError('that is no id of a room');
  }
  if (to === room) throw new UsageError('a room is not told into itself');
  if (to !== undefined && subject !== undefined) {
    throw new UsageError('--to and --to-subject are two places: name one');
  }
  if (subject !== undefined && isReservedSubject(subject)) throw new UsageError(RESERVED);
  const format = values.json ? 'json' : values.format;
  if (format !== 'json' && format !== 'text') throw new UsageError('--format must be json or text');
  const zone = parseZone(values.tz);
  const pauseSeconds = parseNumber(maxPause, '--max-pause');
  const span = {
    ...EVERYTHING,
    since: parseTime(since, '--since', zone),
    until: parseTime(until, '--until', zone),
    only: from === undefined ? null : isOf(from),
  };
  return {
    ...{ room, to, subject, zone, format, span },
    speed: speed === 'max' ? 'max' : (parseNumber(speed, '--speed') ?? 1),
    maxPauseMs: pauseSeconds === null ? null : pauseSeconds * 1000,
    id: readId(values.id, [room, to, subject, span.since, span.until, from]),
  };
}

// The same replay has the same name, so that it can go on; another has another.
function readId(given: string | undefined, parts: readonly unknown[]): string {
  if (given === undefined) {
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  }
  if (replayId.safeParse(given).success) return given;
  throw new UsageError('--id must be 1 to 32 of A-Z a-z 0-9 _ -');
}

async function tellAll(bus: BusConnection, io: Io, wanted: Wanted, config: Config): Promise<void> {
  const interruption = io.interruption();
  const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
  const target = targetOf(bus, io, wanted, config);
  const progress = new Progress(io, wanted.to !== undefined || wanted.subject !== undefined);
  try {
    const found = await findSpan(reader, logSubjectOfRoom(wanted.room), wanted.span);
    if (found === 'empty') {
      throw new CommandError(`nothing ever happened in a room '${wanted.room}'`);
    }
    const toldBefore = await target.toldBefore();
    const { speed, maxPauseMs } = wanted;
    const telling = new Replay(
      {
        clock: REPLAY_CLOCK,
        read: (afterSeq) => readOn(bus, reader, wanted.room, found, { target, afterSeq }),
        tell: async (logged) => {
          await target.tell(logged);
          showPlace(progress, logged, found, wanted.zone);
        },
      },
      { afterSeq: Math.max(found.fromSeq - 1, toldBefore), speed, maxPauseMs },
    );
    const stop = () => telling.stop();
    interruption.addEventListener('abort', stop, { once: true });
    if (interruption.aborted) stop();
    const outcome = await telling.run();
    progress.end();
    explain(io, wanted, telling, { outcome, toldBefore });
  } finally {
    progress.end();
    target.stop();
    reader.stop();
  }
}

function targetOf(bus: BusConnection, io: Io, wanted: Wanted, config: Config): Target {
  const { to, subject, id, zone, format } = wanted;
  if (to !== undefined) return new RoomTarget(bus, to, id, config.bus.commandTimeoutMs);
  if (subject !== undefined) return new SubjectTarget(bus, subject, id);
  return new PrintTarget(io, id, zone, format);
}

/**
 * The events of a span after a sequence, one by one. A replay may take days: what NATS does meanwhile
 * does not end it.
 */
export async function* readOn(
  bus: BusConnection,
  reader: LogReader,
  room: string,
  { fromSeq, toSeq, holds }: FoundSpan,
  { target, afterSeq }: { target: Target; afterSeq: number },
): AsyncGenerator<Logged> {
  let from = Math.max(fromSeq, afterSeq + 1);
  let failures = 0;
  while (from <= toSeq) {
    try {
      for await (const message of reader.forward(logSubjectOfRoom(room), from, toSeq)) {
        failures = 0;
        from = message.seq + 1;
        const logged = roomEventOf(message);
        if (logged !== null && holds(logged.event) && target.tells(logged.event)) yield logged;
      }
      return;
    } catch (error) {
      failures += 1;
      if (!(error instanceof BusError && error.passing) || failures === TRIES_MAX) throw error;
      await bus.whenConnected(RECONNECT_MAX_MS);
      await pause(RETRY_MS * failures);
    }
  }
}

function showPlace(progress: Progress, { seq, event }: Logged, found: FoundSpan, zone: Zone) {
  const { fromSeq, toSeq } = found;
  const share = (seq - fromSeq) / Math.max(1, toSeq - fromSeq);
  progress.at(share, shown(Date.parse(event.time), zone));
}

function explain(
  io: Io,
  { room, to, id }: Wanted,
  { told, last }: Replay,
  { outcome, toldBefore }: { outcome: 'ended' | 'stopped'; toldBefore: number },
): void {
  if (outcome === 'stopped') {
    const place = last === null ? 'before anything was told' : `after sequence ${last.seq}`;
    const again = to === undefined ? '' : '; the same command goes on from there';
    io.complain(`stopped ${place} of room ${room}${again}`);
  } else if (told === 0 && toldBefore > 0) {
    io.complain(
      `all of it was told in room ${to} before (${id}); to tell it again, name it by --id`,
    );
  }
}

export const REPLAY_CLOCK: ReplayClock = {
  now: () => performance.now(),
  // Aborted, it has waited long enough.
  wait: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
};

const READ_TIMEOUT_MS = 10_000;
const RECONNECT_MAX_MS = 60_000;
const RETRY_MS = 200;
const TRIES_MAX = 10;
