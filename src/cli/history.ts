import { LogReader } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { loadConfig } from '../config/load.ts';
import { roomId } from '../domain/ids.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  parsing,
  UsageError,
} from './command.ts';
import { findAround, findSpan, type Span } from './log-span.ts';
import { onSystem } from './system.ts';
import {
  readWanted,
  Titles,
  TRANSCRIPT_HELP,
  TRANSCRIPT_OPTIONS,
  writeTranscript,
} from './transcript.ts';
import { parseCount, parseSeq } from './values.ts';

export const history: Command = {
  help: `usage: xmlsocket-relay history ROOM [OPTIONS]

Prints what happened in a room, oldest first, from the log of a running system; the room may have been
removed. A time T is like 2026-11, 2026-11-23 or 2026-11-23T06:55:35Z.

${TRANSCRIPT_HELP}
  --after SEQ        only what has a higher sequence in the log
  --before SEQ       only what has a lower one
  --around SEQ       what came before and after that sequence: 20, or --limit
  --limit N          only the newest N of it; with --after alone the oldest
  --format FORMAT    text (the default), json (JSON Lines of the events as they are stored), xml,
                     markdown or html
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
    const wanted = readWanted(values.json ? { ...values, format: 'json' } : values, 'text');
    const span: Span = {
      ...wanted.span,
      after: parseSeq(values.after, '--after'),
      before: parseSeq(values.before, '--before'),
      limit: parseCount(values.limit, '--limit'),
    };
    const around = parseSeq(values.around, '--around');
    if (around !== null && OTHER_PLACES.some((name) => values[name] !== undefined)) {
      throw new UsageError('--around stands alone, but for --limit');
    }
    const { config } = loadConfig(io.env, values.config);
    await onSystem(config, async (bus) => {
      const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
      try {
        const subject = logSubjectOfRoom(room);
        const found =
          around === null
            ? await findSpan(reader, subject, span)
            : await findAround(reader, subject, around, span.limit ?? AROUND);
        if (found === 'empty') throw new CommandError(`nothing ever happened in a room '${room}'`);
        const title = await (await Titles.open(bus, reader, config.bus.replicas)).of(room);
        await writeTranscript(bus, io, wanted, [{ title, found }]);
      } finally {
        reader.stop();
      }
    });
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  ...TRANSCRIPT_OPTIONS,
  after: { type: 'string' },
  before: { type: 'string' },
  around: { type: 'string' },
  limit: { type: 'string' },
} as const;

const OTHER_PLACES = ['since', 'until', 'from', 'after', 'before'] as const;
const AROUND = 20;
const READ_TIMEOUT_MS = 10_000;
