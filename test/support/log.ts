import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { LogReader } from '../../src/bus/log-reader.ts';
import { ensureLogStream, type LogStreamOptions } from '../../src/bus/log-stream.ts';
import { LogWriter } from '../../src/bus/log-writer.ts';
import type { RoomEvent, WhisperEvent } from '../../src/domain/events.ts';
import { startNatsServer, type TestNatsServer } from './nats-server.ts';

const TIMES = { timeoutMs: 1000, pendingMax: 10_000 };

/** A nats-server with the log's stream, and connections to it that end with it. */
export class TestLog {
  readonly nats: TestNatsServer;
  readonly #endings: (() => unknown)[] = [];

  private constructor(nats: TestNatsServer) {
    this.nats = nats;
  }

  static async start(change: Partial<LogStreamOptions> = {}): Promise<TestLog> {
    const log = new TestLog(await startNatsServer());
    const options = { replicas: 1, duplicateWindowMs: 120_000, ...change };
    await ensureLogStream(await log.connect(), options);
    return log;
  }

  async connect(url = this.nats.url): Promise<BusConnection> {
    const bus = await BusConnection.open({ url, name: 'test', reconnectWaitMs: 50 });
    this.#endings.push(() => bus.close());
    return bus;
  }

  /** A connection with a reader and a writer of its own. */
  async open(
    url = this.nats.url,
  ): Promise<{ bus: BusConnection; reader: LogReader; writer: LogWriter }> {
    const bus = await this.connect(url);
    const reader = new LogReader(bus, TIMES);
    const { timeoutMs, pendingMax } = TIMES;
    const options = { appendTimeoutMs: timeoutMs, pendingMax, newEpoch: randomUUID };
    const writer = new LogWriter(bus, reader, options);
    this.#endings.push(
      () => reader.stop(),
      () => writer.stop(),
    );
    return { bus, reader, writer };
  }

  async killAndRestart(): Promise<void> {
    await this.nats.kill('SIGKILL');
    await this.nats.restart();
  }

  async stop(): Promise<void> {
    for (const end of this.#endings.splice(0).reverse()) await end();
    await this.nats.stop();
  }
}

/** Looks every few milliseconds until `look` gives something, and fails after `withinMs`. */
export async function eventually<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(5);
  }
}

export const ANN = { id: '9', name: 'ann' } as const;
export const ENOBREV = { id: '6', name: 'enobrev' } as const;
export const MOD = { id: '2', name: 'mod' } as const;

export function posted(room: string, n: number, text: string): RoomEvent {
  return {
    ...{ v: 1, id: `m${n}`, n, type: 'message.posted', room },
    ...{ time: '2026-11-23T06:55:35.123Z', from: ANN, text, via: 'json' },
  };
}

export function whispered(id: string, text: string): WhisperEvent {
  return {
    ...{ v: 1, id, type: 'whisper.posted', time: '2026-11-23T06:55:35.123Z' },
    ...{ from: ANN, to: ENOBREV, text, via: 'json' },
  };
}
