import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { roomsInLog } from '../bus/log-scan.ts';
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
import { findSpan } from './log-span.ts';
import { onSystem } from './system.ts';
import {
  type Part,
  readWanted,
  Titles,
  TRANSCRIPT_HELP,
  TRANSCRIPT_OPTIONS,
  type Wanted,
  writeTranscript,
} from './transcript.ts';

export const exportCommand: Command = {
  help: `usage: xmlsocket-relay export ROOM... [OPTIONS]
       xmlsocket-relay export --all [OPTIONS]

Writes a transcript of one or more rooms, one after the other, to hand on: by default a page of HTML
that needs nothing but itself and prints well. Private messages are in no transcript. A time T is like
2026-11, 2026-11-23 or 2026-11-23T06:55:35Z.

${TRANSCRIPT_HELP}
  --format FORMAT    html (the default), markdown, text, xml or json (JSON Lines)
  --all              every room that the log knows, also those that were removed
  --json             the same as --format json
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 0, max: ROOMS_MAX },
    );
    const rooms = [...new Set(positionals)];
    if (rooms.some((room) => !roomId.safeParse(room).success)) {
      throw new UsageError('that is no id of a room');
    }
    if (values.all ? rooms.length > 0 : rooms.length === 0) {
      throw new UsageError('name rooms, or --all');
    }
    const wanted = readWanted(values.json ? { ...values, format: 'json' } : values, 'html');
    const { config } = loadConfig(io.env, values.config);
    await onSystem(config, async (bus) => {
      const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
      try {
        const titles = await Titles.open(bus, reader, config.bus.replicas);
        const ids = values.all ? await allRooms(bus) : rooms;
        const parts = await partsOf(ids, { reader, titles, wanted });
        await writeTranscript(bus, io, wanted, parts);
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
  all: { type: 'boolean', default: false },
} as const;

interface Finding {
  readonly reader: LogReader;
  readonly titles: Titles;
  readonly wanted: Wanted;
}

async function partsOf(ids: readonly string[], { reader, titles, wanted }: Finding) {
  const parts: Part[] = [];
  for (const id of ids) {
    const found = await findSpan(reader, logSubjectOfRoom(id), wanted.span);
    if (found === 'empty') throw new CommandError(`nothing ever happened in a room '${id}'`);
    parts.push({ title: await titles.of(id), found });
  }
  return parts;
}

async function allRooms(bus: BusConnection): Promise<string[]> {
  return [...(await roomsInLog(bus)).keys()].sort((one, other) => ORDER.compare(one, other));
}

const ORDER = new Intl.Collator('en', { numeric: true });
const ROOMS_MAX = 1000;
const READ_TIMEOUT_MS = 10_000;
