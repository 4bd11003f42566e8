import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader, roomEventOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { loadConfig } from '../config/load.ts';
import type { Logged } from '../domain/events.ts';
import { roomId } from '../domain/ids.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  parsing,
  UsageError,
} from './command.ts';
import { eventAsText } from './event-text.ts';
import { findSpan, type Span } from './log-span.ts';
import { onSystem } from './system.ts';
import { parseCount, parseTime } from './values.ts';

export const history: Command = {
  help: `usage: xmlsocket-relay history ROOM [--since T] [--until T] [--limit N] [--format text|json]

Prints what happened in a room, oldest first, from the log of a running system. Times are UTC, like
2026-11-23 or 2026-11-23T06:55:35Z; a time may carry another zone.

  --since T          only what happened at T or later
  --until T          only what happened before T
  --limit N          only the newest N of that
  --format FORMAT    text (the default) or json: JSON Lines of the events as they are stored
  --json             the same as --format json
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 1, max: 1 },
    );
    const room = positionals[0] ?? '';
    if (!roomId.safeParse(room).success) throw new UsageError('that is no id of a room');
    const format = values.json ? 'json' : values.format;
    if (format !== 'text' && format !== 'json') {
      throw new UsageError('--format must be text or json');
    }
    const span: Span = {
      since: parseTime(values.since, '--since'),
      until: parseTime(values.until, '--until'),
      limit: parseCount(values.limit, '--limit'),
    };
    const { config } = loadConfig(io.env, values.config);
    await onSystem(config, async (bus) => {
      for await (const logged of eventsOf(bus, room, span)) {
        await io.print(format === 'json' ? asJson(logged) : `${eventAsText(logged.event)}\n`);
      }
    });
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  since: { type: 'string' },
  until: { type: 'string' },
  limit: { type: 'string' },
  format: { type: 'string', default: 'text' },
} as const;

// One after the other from the log to stdout: never more than one is in memory.
async function* eventsOf(bus: BusConnection, room: string, span: Span): AsyncGenerator<Logged> {
  const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
  const subject = logSubjectOfRoom(room);
  try {
    const found = await findSpan(reader, subject, span);
    if (found === 'empty') throw new CommandError(`nothing ever happened in a room '${room}'`);
    for await (const message of reader.forward(subject, found.fromSeq, found.toSeq)) {
      const logged = roomEventOf(message);
      if (logged !== null && found.holds(logged.event)) yield logged;
    }
  } finally {
    reader.stop();
  }
}

const READ_TIMEOUT_MS = 10_000;

function asJson({ seq, prev, event }: Logged): string {
  return `${JSON.stringify({ seq, prev, ...event })}\n`;
}
