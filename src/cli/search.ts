import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { loadConfig } from '../config/load.ts';
import type { Logged } from '../domain/events.ts';
import { roomId } from '../domain/ids.ts';
import { eventWithPlace } from '../transcripts/json-writer.ts';
import { Query } from '../transcripts/query.ts';
import { eventAsText, lineAsText } from '../transcripts/text-writer.ts';
import type { Zone } from '../transcripts/zone.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  type Io,
  parsing,
  UsageError,
} from './command.ts';
import { Progress } from './progress.ts';
import { contextOf, type Hit, isOfRoom, type Search, searchLog } from './search-log.ts';
import { onSystem } from './system.ts';
import { parseCount, parseTime, parseZone } from './values.ts';

export const search: Command = {
  help: `usage: xmlsocket-relay search WORDS [OPTIONS]

Finds what was said, in every room that the log knows, also in those that were removed. All words must be
in it: deadline finds Deadlines, not headline; case and accents do not matter. Words that follow each
other are in quotes that the shell leaves: '"next friday"'. With --from the words may be left out.

Each line begins with the room and the sequence: history ROOM --around SEQ shows what was said around it.

  --room ID          only in this room
  --from NAME        only what this person said, by the name of then
  --since T          only what was said at T or later, like 2026-11, 2026-11-23 or 2026-11-23T06:55:35Z
  --until T          only what was said before T
  --tz ZONE          the time zone of T and of the times shown, like Europe/Paris; UTC if left out
  --context N        what happened in the room before and after, N lines each
  --limit N          ends when so many were found
  --whispers         private messages, too. Say that you do so: people believe them to be private
  --json             prints JSON Lines, with --context as before and after
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 0, max: WORDS_MAX },
    );
    const zone = parseZone(values.tz);
    const wanted: Search = {
      query: new Query(positionals.join(' ')),
      room: values.room ?? null,
      person: values.from ?? null,
      since: parseTime(values.since, '--since', zone),
      until: parseTime(values.until, '--until', zone),
      whispers: values.whispers,
    };
    if (wanted.query.isEmpty && wanted.person === null) throw new UsageError('name words to find');
    if (wanted.room !== null && !roomId.safeParse(wanted.room).success) {
      throw new UsageError('that is no id of a room');
    }
    if (wanted.room !== null && wanted.whispers) throw new UsageError('whispers are in no room');
    const context = parseCount(values.context, '--context') ?? 0;
    if (context > CONTEXT_MAX) throw new UsageError(`--context is at most ${CONTEXT_MAX}`);
    const limit = parseCount(values.limit, '--limit') ?? Number.POSITIVE_INFINITY;
    const { config } = loadConfig(io.env, values.config);
    const shown = { zone, context, limit, json: values.json };
    await onSystem(config, (bus) => show(bus, io, wanted, shown));
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  room: { type: 'string' },
  from: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  tz: { type: 'string', default: 'UTC' },
  context: { type: 'string' },
  limit: { type: 'string' },
  whispers: { type: 'boolean', default: false },
} as const;

interface Shown {
  readonly zone: Zone;
  readonly context: number;
  readonly limit: number;
  readonly json: boolean;
}

async function show(bus: BusConnection, io: Io, wanted: Search, shown: Shown): Promise<void> {
  const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
  const progress = new Progress(io, false);
  const begun = performance.now();
  let [found, searched] = [0, 0];
  const onProgress = (messages: number, share: number) => {
    searched = messages;
    progress.at(share, `${found} found`);
  };
  try {
    for await (const hit of searchLog(bus, reader, wanted, onProgress)) {
      progress.end();
      const group = await groupOf(reader, hit, shown.context);
      await io.print(shown.json ? asJson(hit, group, shown) : asText(hit, group, shown, found));
      found += 1;
      if (found >= shown.limit) break;
    }
  } finally {
    progress.end();
    reader.stop();
  }
  // For people: what a program reads is on stdout alone.
  if (!io.stdoutIsTerminal) return;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  io.complain(`${found} found in ${searched} messages, ${seconds} s`);
}

interface Group {
  readonly before: readonly Logged[];
  readonly after: readonly Logged[];
}

async function groupOf(reader: LogReader, hit: Hit, context: number): Promise<Group> {
  if (context === 0 || !isOfRoom(hit)) return { before: [], after: [] };
  return contextOf(reader, hit, context);
}

function asJson(hit: Hit, { before, after }: Group, { context }: Shown): string {
  const place = { seq: hit.seq, prev: hit.prev, ...hit.event };
  if (context === 0 || !isOfRoom(hit)) return `${JSON.stringify(place)}\n`;
  const around = { before: before.map(eventWithPlace), after: after.map(eventWithPlace) };
  return `${JSON.stringify({ ...place, ...around })}\n`;
}

// As grep does it: a colon after the place of what was found, a dash around it, a rule between groups.
function asText(hit: Hit, group: Group, { context, zone }: Shown, index: number): string {
  const around = (logged: Logged) =>
    `${logged.event.room}-${logged.seq}- ${eventAsText(logged.event, zone)}\n`;
  const { event } = hit;
  const found =
    event.type === 'whisper.posted'
      ? `whisper:${hit.seq}: ${lineAsText(event.time, `<${event.from.name}> to <${event.to.name}> ${event.text}`, zone)}\n`
      : `${event.room}:${hit.seq}: ${eventAsText(event, zone)}\n`;
  const lines = [...group.before.map(around), found, ...group.after.map(around)];
  return `${context > 0 && index > 0 ? '--\n' : ''}${lines.join('')}`;
}

const WORDS_MAX = 100;
const CONTEXT_MAX = 1000;
const READ_TIMEOUT_MS = 10_000;
