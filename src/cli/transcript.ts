import { Bucket } from '../bus/bucket.ts';
import type { BusConnection } from '../bus/bus-connection.ts';
import { type LogReader, roomEventOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { RoomRegistry } from '../core/room-registry.ts';
import { type Format, formatNamed } from '../transcripts/formats.ts';
import { isOf } from '../transcripts/person.ts';
import type { RoomTitle, TranscriptWriter } from '../transcripts/writer.ts';
import type { Zone } from '../transcripts/zone.ts';
import { type Io, UsageError } from './command.ts';
import { EVERYTHING, eventsOf, type FoundSpan, type Span } from './log-span.ts';
import { type Write, writingTo } from './output.ts';
import { Progress } from './progress.ts';
import { parseTime, parseZone } from './values.ts';

/** The options that every command has which writes transcripts. */
export const TRANSCRIPT_OPTIONS = {
  since: { type: 'string' },
  until: { type: 'string' },
  from: { type: 'string' },
  tz: { type: 'string', default: 'UTC' },
  format: { type: 'string' },
  out: { type: 'string' },
} as const;

export const TRANSCRIPT_HELP = `  --since T          only what happened at T or later
  --until T          only what happened before T
  --from NAME        only what this person said or did, by the name of then
  --tz ZONE          the time zone of T and of the times shown, like Europe/Paris; UTC if left out
  --out FILE         writes FILE, whole or not at all; its ending tells the format`;

interface TranscriptValues {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly from?: string | undefined;
  readonly tz: string;
  readonly format?: string | undefined;
  readonly out?: string | undefined;
}

/** What of rooms is to be written, and how. */
export interface Wanted {
  readonly span: Span;
  readonly person: string | null;
  readonly zone: Zone;
  readonly format: Format;
  readonly file: string | undefined;
}

/** Reads the options. Throws `UsageError`; `usual` is the format when none is named. */
export function readWanted(values: TranscriptValues, usual: string): Wanted {
  const zone = parseZone(values.tz);
  const ending = /\.(\w+)$/.exec(values.out ?? '')?.[1]?.toLowerCase();
  const byEnding = ending === undefined ? null : formatNamed(ending);
  const format = values.format === undefined ? byEnding : formatNamed(values.format);
  if (values.format !== undefined && format === null) {
    throw new UsageError('--format must be text, json, xml, markdown or html');
  }
  const since = parseTime(values.since, '--since', zone);
  const until = parseTime(values.until, '--until', zone);
  const person = values.from ?? null;
  const only = person === null ? null : isOf(person);
  const span = { ...EVERYTHING, since, until, only };
  return { ...{ span, person, zone }, format: format ?? named(usual), file: values.out };
}

function named(name: string): Format {
  const format = formatNamed(name);
  if (format === null) throw new Error(`there is no format ${name}`);
  return format;
}

/** A room and what of it is meant; `empty`: nothing ever happened in it. */
export interface Part {
  readonly title: RoomTitle;
  readonly found: FoundSpan | 'empty';
}

/** Writes the transcript of some rooms, one after the other; of each only one batch is in memory. */
export async function writeTranscript(
  bus: BusConnection,
  io: Io,
  { span, person, zone, format, file }: Wanted,
  parts: readonly Part[],
): Promise<void> {
  const writer = await format.writer(zone);
  const progress = new Progress(io, file !== undefined);
  const rooms = parts.map(({ title }) => title);
  await writingTo(io, file, async (write) => {
    const { since, until } = span;
    await write(writer.begin({ rooms, since, until, person, madeAt: Date.now() }));
    for (const [index, part] of parts.entries()) {
      const onShare = (share: number) =>
        progress.at((index + share) / parts.length, part.title.name);
      await writePart(bus, part, { writer, write, onShare });
    }
    await write(writer.end());
  }).finally(() => progress.end());
}

interface Writing {
  readonly writer: TranscriptWriter;
  readonly write: Write;
  readonly onShare: (share: number) => void;
}

async function writePart(
  bus: BusConnection,
  { title, found }: Part,
  { writer, write, onShare }: Writing,
): Promise<void> {
  await write(writer.room(title));
  if (found === 'empty') return;
  const { fromSeq, toSeq } = found;
  const onSeq = (seq: number) => onShare((seq - fromSeq) / Math.max(1, toSeq - fromSeq));
  for await (const batch of eventsOf(bus, logSubjectOfRoom(title.id), found, onSeq)) {
    let text = '';
    for (const logged of batch) text += writer.entry(logged);
    await write(text);
  }
}

/** Finds what rooms are called: now, or in their first event if they were removed. */
export class Titles {
  readonly #reader: LogReader;
  readonly #registry: RoomRegistry;

  private constructor(reader: LogReader, registry: RoomRegistry) {
    this.#reader = reader;
    this.#registry = registry;
  }

  static async open(bus: BusConnection, reader: LogReader, replicas: number): Promise<Titles> {
    const registry = new RoomRegistry(await Bucket.open(bus, 'chat_rooms', replicas));
    await registry.reload();
    return new Titles(reader, registry);
  }

  async of(room: string): Promise<RoomTitle> {
    const listed = this.#registry.list().find(({ id }) => id === room);
    if (listed !== undefined) return listed;
    const first = await this.#reader.next(logSubjectOfRoom(room), 1);
    const made = first === null ? null : roomEventOf(first)?.event;
    return { id: room, name: made?.type === 'room.created' ? made.name : room };
  }
}
