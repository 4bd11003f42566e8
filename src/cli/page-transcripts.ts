import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { Config } from '../config/schema.ts';
import type { Logged } from '../domain/events.ts';
import type { Found, Transcripts, WantedTranscript } from '../operator/transcripts.ts';
import { FORMATS, formatNamed } from '../transcripts/formats.ts';
import { Query } from '../transcripts/query.ts';
import { EVERYTHING, eventsOf, findSpan } from './log-span.ts';
import { isOfRoom, searchLog } from './search-log.ts';
import { Titles } from './transcript.ts';
import { parseZone } from './values.ts';

/** Transcripts and search for the operator's pages, as the commands make them. */
export class PageTranscripts implements Transcripts {
  readonly formats = FORMATS.map(({ name }) => name);
  readonly #bus: BusConnection;
  readonly #config: Config;

  constructor(bus: BusConnection, config: Config) {
    this.#bus = bus;
    this.#config = config;
  }

  async write(
    { room, format: name, since, until }: WantedTranscript,
    begin: (mediaType: string, fileName: string) => void,
    write: (text: string) => Promise<void>,
  ): Promise<'written' | 'empty'> {
    const format = formatNamed(name);
    if (format === null) return 'empty';
    return this.#reading(async (reader) => {
      const subject = logSubjectOfRoom(room);
      const times = {
        since: since === null ? null : Date.parse(since),
        until: until === null ? null : Date.parse(until) + DAY_MS,
      };
      const found = await findSpan(reader, subject, { ...EVERYTHING, ...times });
      if (found === 'empty') return 'empty';
      const title = await (await this.#titles(reader)).of(room);
      begin(format.mediaType, `room-${room}.${format.extensions[0]}`);
      const writer = await format.writer(parseZone('UTC'));
      const about = { rooms: [title], ...times, person: null, madeAt: Date.now() };
      await write(writer.begin(about) + writer.room(title));
      for await (const batch of eventsOf(this.#bus, subject, found)) {
        await write(batch.map((logged) => writer.entry(logged)).join(''));
      }
      await write(writer.end());
      return 'written';
    });
  }

  async search(words: string, room: string | null, limit: number): Promise<Found> {
    const query = new Query(words);
    if (query.isEmpty) return { hits: [], total: 0 };
    const nobody = { person: null, since: null, until: null, whispers: false };
    return this.#reading(async (reader) => {
      const hits: Logged[] = [];
      let total = 0;
      const ignore = () => undefined;
      for await (const hit of searchLog(this.#bus, reader, { query, room, ...nobody }, ignore)) {
        if (!isOfRoom(hit)) continue;
        total += 1;
        hits.push(hit);
        if (hits.length > limit) hits.shift();
      }
      return { hits, total };
    });
  }

  #titles(reader: LogReader): Promise<Titles> {
    return Titles.open(this.#bus, reader, this.#config.bus.replicas);
  }

  async #reading<T>(work: (reader: LogReader) => Promise<T>): Promise<T> {
    const { commandTimeoutMs } = this.#config.bus;
    const reader = new LogReader(this.#bus, { timeoutMs: commandTimeoutMs, pendingMax: 1000 });
    try {
      return await work(reader);
    } finally {
      reader.stop();
    }
  }
}

const DAY_MS = 86_400_000;
