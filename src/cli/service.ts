import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Health } from '../observability/health.ts';
import { createLogger, type Logger } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import type { RequestAnswerer } from './admin-server.ts';

/** A signal or a failure came before everything was started. */
class Stopping extends Error {
  override name = 'Stopping';
}

/**
 * A process that runs until it is told to end: its logger, metrics and health, and what must be
 * stopped, in the opposite order of starting.
 */
export class Service {
  readonly config: Config;
  readonly given: ReadonlySet<string>;
  readonly log: Logger;
  readonly metrics: Metrics = createMetrics();
  readonly health = new Health();
  /** The operator's pages, once there are some. */
  pages: RequestAnswerer | null = null;
  readonly #stops: { name: string; stop: () => Promise<unknown> }[] = [];
  readonly #measures: (() => void)[] = [];
  readonly #ending = new AbortController();
  #exitCode = 0;
  #ready = false;
  #signalledAt: number | null = null;

  constructor({ config, given, unknownVariables }: LoadedConfig, role: string) {
    this.config = config;
    this.given = given;
    this.log = createLogger(config.logLevel).child({ role });
    this.metrics.startProcessMetrics();
    this.health.add('started', () => {
      if (this.#ending.signal.aborted) return 'stopping';
      return this.#ready ? null : 'starting';
    });
    if (unknownVariables.length > 0) this.log.warn({ unknownVariables }, 'unknown variables');
  }

  /** Aborted when the process is to end. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Has `stop` called at the end. Throws, after that, when the end has already begun. */
  onStop(name: string, stop: () => Promise<unknown>): void {
    this.#stops.push({ name, stop });
    this.ending.throwIfAborted();
  }

  /** Has `measure` called before metrics are read. */
  onMeasure(measure: () => void): void {
    this.#measures.push(measure);
  }

  measure(): void {
    for (const measure of this.#measures) measure();
  }

  /** Says that clients can connect: one line, whatever the log level is. */
  ready(fields: object): void {
    this.#ready = true;
    this.log.child({}, { level: 'info' }).info(fields, 'ready');
  }

  /** Ends the process with exit code 1. */
  fail(reason: string): void {
    this.log.fatal({ reason }, 'giving up');
    this.#exitCode = 1;
    this.#ending.abort(new Stopping(reason));
  }

  /**
   * Starts, waits for SIGINT, SIGTERM or a failure, and stops everything; resolves with the exit code.
   * Rejects with what `start` threw, after what was started is stopped again.
   */
  async run(start: (service: Service) => Promise<void>): Promise<number> {
    const stopListening = this.#listen();
    const ended = new Promise<void>((resolve) => {
      this.ending.addEventListener('abort', () => resolve(), { once: true });
    });
    const starting = start(this).then(
      () => null,
      (error: unknown) => this.#failureOf(error),
    );
    await ended;
    const failure = await this.#stopWithin(starting);
    stopListening();
    if (failure !== null) throw failure;
    this.log.info({ exitCode: this.#exitCode }, 'stopped');
    return this.#exitCode;
  }

  // What a start throws after the end has begun only says that it noticed.
  #failureOf(error: unknown): Error | null {
    if (this.ending.aborted) return null;
    this.#ending.abort(new Stopping('the start failed'));
    return error instanceof Error ? error : new Error(String(error));
  }

  #listen(): () => void {
    const onSignal = (name: NodeJS.Signals) => this.#onSignal(name);
    const onUnforeseen = (error: unknown) => {
      this.log.fatal({ err: error }, 'unforeseen failure');
      process.exit(1);
    };
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const failures = ['uncaughtException', 'unhandledRejection'] as const;
    for (const name of signals) process.on(name, onSignal);
    for (const name of failures) process.on(name, onUnforeseen);
    return () => {
      for (const name of signals) process.off(name, onSignal);
      for (const name of failures) process.off(name, onUnforeseen);
    };
  }

  #onSignal(name: NodeJS.Signals): void {
    const now = performance.now();
    // npm passes on the Ctrl-C that the terminal has already sent to this process.
    if (this.#signalledAt !== null && now - this.#signalledAt < SAME_SIGNAL_MS) return;
    if (this.#signalledAt !== null) {
      this.log.warn({ signal: name }, 'signalled again, exiting at once');
      process.exit(1);
    }
    this.#signalledAt = now;
    this.log.info({ signal: name }, 'stopping');
    this.#ending.abort(new Stopping(name));
  }

  async #stopWithin(starting: Promise<Error | null>): Promise<Error | null> {
    const timer = setTimeout(() => {
      this.log.fatal({ waitedMs: STOP_MAX_MS }, 'could not stop in time');
      process.exit(1);
    }, STOP_MAX_MS);
    await this.#stopAll();
    // A start that was under way notices that the end has come, and may leave something to stop.
    const failure = await starting;
    await this.#stopAll();
    clearTimeout(timer);
    return failure;
  }

  async #stopAll(): Promise<void> {
    for (let next = this.#stops.pop(); next !== undefined; next = this.#stops.pop()) {
      const { name, stop } = next;
      await stop().catch((err: unknown) => {
        this.log.error({ err, name }, 'stopping failed');
        this.#exitCode = 1;
      });
    }
  }
}

const STOP_MAX_MS = 15_000;
const SAME_SIGNAL_MS = 500;
