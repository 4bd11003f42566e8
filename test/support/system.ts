import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection } from 'nats';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const READY_WITHIN_MS = 30_000;

/** A process of the product, started from the build, that has said that it is ready. */
export interface Program {
  readonly pid: number;
  /** What its line `"msg":"ready"` held. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Its standard output so far. */
  output(): string;
  /** Resolves with the exit code, or the signal, when it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<number | NodeJS.Signals>;
}

/** Starts `xmlsocket-relay <args>` and waits until it is ready; rejects with its output otherwise. */
export async function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const ready = await whenReady(child, output, ended);
  const { pid } = child;
  if (pid === undefined) throw new Error('the program has no process id');
  return {
    pid,
    ready,
    ended,
    output: () => output.join(''),
    kill: (signal) => child.kill(signal),
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function whenReady(
  child: ChildProcess,
  output: string[],
  ended: Promise<number | NodeJS.Signals>,
): Promise<Record<string, unknown>> {
  if (child.stdout === null) throw new Error('the program has no standard output');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output.join('')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('not ready in time');
    }, READY_WITHIN_MS);
    lines.on('line', (line) => {
      output.push(`${line}\n`);
      const parsed = parseLine(line);
      if (parsed?.['msg'] !== 'ready') return;
      clearTimeout(timer);
      resolve(parsed);
    });
    ended.then((how) => {
      clearTimeout(timer);
      fail(`ended with ${how} before it was ready`);
    }, reject);
  });
}

function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the product to its end. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Outcome> {
  return startCommand(args, env, input).ended;
}

/** Starts a command of the product that ends by itself, or by a signal. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): { readonly ended: Promise<Outcome>; kill(signal: NodeJS.Signals): void } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return { ended, kill: (signal) => child.kill(signal) };
}

/** A folder of a test's own, and how to be rid of it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'xmlsocket-relay-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Connects to the NATS of a running `up`, as an integrator on the same machine would. */
export async function connectToBusOf(dataDir: string): Promise<NatsConnection> {
  const runtime = JSON.parse(await readFile(join(dataDir, 'runtime.json'), 'utf8'));
  const { host, username, password } = new URL(runtime.natsUrl);
  return connect({ servers: host, user: username, pass: password });
}

/** A running `up` on free ports with sample data, in a data folder of its own. */
export interface RunningUp {
  readonly port: number;
  readonly adminPort: number;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

export async function startUp(env: Readonly<Record<string, string>>): Promise<RunningUp> {
  const folder = await temporaryFolder();
  const own = {
    RELAY_DATA_DIR: folder.path,
    RELAY_PORT: '0',
    RELAY_ADMIN_PORT: '0',
    RELAY_DEMO: '1',
  };
  const up = await startProgram(['up'], { ...own, ...env });
  return {
    port: Number(up.ready['port']),
    adminPort: Number(up.ready['adminPort']),
    close: async () => {
      await up.stop();
      await folder.remove();
    },
  };
}
