import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serverFiles } from './data-folder.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { NatsServerProgram } from './find-nats-server.ts';
import { serverConfig } from './server-config.ts';
import { spawnTied, type Tie } from './tied-child.ts';

export interface EmbeddedServerOptions {
  readonly program: NatsServerProgram;
  /** A data folder that this process holds. */
  readonly folder: string;
  readonly syncIntervalMs: number;
  readonly tie: Tie;
}

export interface EmbeddedServerHandler {
  /** The server ended by itself, or could not be started again; the next try is in `retryMs`. */
  onDied(how: string, retryMs: number): void;
  onRestarted(): void;
  /** It could not be started again and there will be no more tries. */
  onGaveUp(error: EmbeddedError): void;
}

/**
 * A nats-server with JetStream as a child of this process, on a loopback port of its own, for those
 * who know the password that it makes up. One that dies is started again on the same port, after
 * 250 ms at first and 5 s at most; five starts that fail one after the other are the end of it.
 */
export class EmbeddedServer {
  readonly #options: EmbeddedServerOptions;
  readonly #handler: EmbeddedServerHandler;
  readonly #password = randomBytes(24).toString('hex');
  #child: ChildProcess | null = null;
  #port = -1;
  #waitMs = FIRST_WAIT_MS;
  readonly #stopping = new AbortController();
  #relaunching: Promise<void> = Promise.resolve();

  private constructor(options: EmbeddedServerOptions, handler: EmbeddedServerHandler) {
    this.#options = options;
    this.#handler = handler;
  }

  /** Resolves when it accepts connections; throws `EmbeddedError` when it cannot be started. */
  static async start(
    options: EmbeddedServerOptions,
    handler: EmbeddedServerHandler,
  ): Promise<EmbeddedServer> {
    const server = new EmbeddedServer(options, handler);
    await server.#launch();
    return server;
  }

  /** With user and password. */
  get url(): string {
    return `nats://${USER}:${this.#password}@127.0.0.1:${this.#port}`;
  }

  /** Null while it is down. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Asks it to end; kills it when it has not within 10 s. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#relaunching;
    const child = this.#child;
    if (child === null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killer);
  }

  async #launch(): Promise<void> {
    const { program, folder, syncIntervalMs, tie } = this.#options;
    const files = serverFiles(folder);
    await removeLeftovers(folder);
    const config = serverConfig({
      ...{ version: program.version, port: this.#port, user: USER, password: this.#password },
      ...{ folder, syncIntervalMs, pidFile: files.pid, logFile: files.log },
    });
    // Removed first: an existing file would keep the permissions that it has.
    await rm(files.config, { force: true });
    await writeFile(files.config, config, { mode: 0o600 });
    const child = spawnTied(program.path, ['-c', files.config], tie);
    this.#port = await listeningPort(child, folder);
    this.#child = child;
    const startedAt = performance.now();
    child.once('exit', (code, signal) => {
      this.#child = null;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - startedAt >= STABLE_MS) this.#waitMs = FIRST_WAIT_MS;
      // It never rejects: what goes wrong in it ends in `onGaveUp`.
      this.#relaunching = this.#relaunch(`nats-server ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  async #relaunch(how: string): Promise<void> {
    let reason = how;
    for (let attempt = 1; attempt <= STARTS_MAX; attempt += 1) {
      const waitMs = this.#waitMs;
      this.#waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      this.#handler.onDied(reason, waitMs);
      if (!(await waited(waitMs, this.#stopping.signal))) return;
      try {
        await this.#launch();
        this.#handler.onRestarted();
        return;
      } catch (error) {
        reason = String(error instanceof Error ? error.message : error);
      }
    }
    this.#handler.onGaveUp(new EmbeddedError(`nats-server cannot be started again: ${reason}`));
  }
}

const USER = 'relay';
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
const STARTS_MAX = 5;
// One that lived so long did not die of its start.
const STABLE_MS = 10_000;
const STOP_TIMEOUT_MS = 10_000;
// A big store takes a while to be read in.
const START_TIMEOUT_MS = 120_000;

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

async function listeningPort(child: ChildProcess, folder: string): Promise<number> {
  let said = '';
  child.on('error', (error) => {
    said += String(error);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-STDERR_MAX_CHARS);
  });
  const file = join(folder, `nats-server_${child.pid}.ports`);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && isRunning(child)) {
    const written = await readFile(file, 'utf8').catch(() => '');
    const port = /"nats:\/\/127\.0\.0\.1:(\d+)"/.exec(written)?.[1];
    if (port !== undefined) return Number(port);
    await pause(PORTS_POLL_MS);
  }
  child.kill('SIGKILL');
  const why = said.trim() || (await lastComplaint(folder, child.pid));
  throw new EmbeddedError(`nats-server does not start: ${why}`);
}

const PORTS_POLL_MS = 5;
const STDERR_MAX_CHARS = 2000;

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function lastComplaint(folder: string, pid: number | undefined): Promise<string> {
  const { log } = serverFiles(folder);
  const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
  const own = lines.filter((line) => line.startsWith(`[${pid}] `));
  const complaint = own.findLast((line) => /\[(FTL|ERR)\]/.test(line));
  return complaint === undefined ? `see ${log}` : complaint.replace(/^.*\[(FTL|ERR)\] /, '');
}

// Files that say where earlier servers listened, and all but the newest of the logs that were full.
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  const ports = names.filter((name) => /^nats-server_\d+\.ports$/.test(name));
  const fullLogs = names.filter((name) => name.startsWith('nats-server.log.')).sort();
  const leftovers = [...ports, ...fullLogs.slice(0, -1)];
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}
