import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process under measurement, which has said that it is ready. */
export interface ServerProcess {
  readonly pid: number;
  /** What matched the pattern of readiness. */
  readonly ready: RegExpMatchArray;
  /** Sends SIGTERM, after some seconds SIGKILL, and waits for the end. */
  stop(): Promise<void>;
}

/** Starts a program and waits for a line of its output that matches; rejects with what it said. */
export async function startServer(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const match = await firstMatch(child, ready);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process id`);
  return { pid, ready: match, stop: () => stop(child) };
}

async function firstMatch(child: ChildProcess, ready: RegExp): Promise<RegExpMatchArray> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error([why, ...said].join('\n')));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('not ready in time');
    }, READY_WITHIN_MS);
    const look = (line: string) => {
      if (said.length < SAID_MAX) said.push(line);
      const match = line.match(ready);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', look);
    }
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended before it was ready');
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 8_000;
const SAID_MAX = 50;
