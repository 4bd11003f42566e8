import type { ServerResponse } from 'node:http';
import type { BusConnection } from '../bus/bus-connection.ts';
import { receive } from '../bus/messages.ts';
import { ANY_LIVE_ROOM, lastToken } from '../bus/subjects.ts';

/**
 * Tells open pages in which rooms something happened, and nothing of what: a page asks for what it
 * shows. At most once in `PAUSE_MS`, and a page that does not read is cut.
 */
export class Live {
  readonly #bus: BusConnection;
  readonly #streamsMax: number;
  readonly #streams = new Set<ServerResponse>();
  readonly #changed = new Set<string>();
  #endListening: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(bus: BusConnection, streamsMax: number) {
    this.#bus = bus;
    this.#streamsMax = streamsMax;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Begins a stream on a response; false when there are too many. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>): boolean {
    if (this.#streams.size >= this.#streamsMax) return false;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    response.write('retry: 2000\n\n');
    this.#streams.add(response);
    response.on('close', () => {
      this.#streams.delete(response);
      if (this.#streams.size === 0) this.#rest();
    });
    this.#listen();
    return true;
  }

  stop(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#rest();
  }

  // Rooms are heard only while somebody looks.
  #listen(): void {
    this.#endListening ??= receive(this.#bus, ANY_LIVE_ROOM, ({ subject }) => {
      this.#changed.add(lastToken(subject));
    });
    this.#timer ??= setInterval(() => this.#tell(), PAUSE_MS);
  }

  #rest(): void {
    this.#endListening?.();
    this.#endListening = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#changed.clear();
  }

  #tell(): void {
    const rooms = [...this.#changed];
    this.#changed.clear();
    // A line without an event keeps the connection, and finds out those that are gone.
    const text = rooms.length === 0 ? ':\n\n' : `event: rooms\ndata: ${JSON.stringify(rooms)}\n\n`;
    for (const stream of this.#streams) {
      if (stream.writableLength > WAITING_MAX_BYTES) stream.destroy();
      else stream.write(text);
    }
  }
}

const PAUSE_MS = 500;
const WAITING_MAX_BYTES = 65_536;
