import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './log.ts';

/** An example that runs as a person would run it. */
export interface RunningExample {
  /** What it has printed so far, on stdout and stderr. */
  output(): string;
  /** Resolves when it has printed something like this; rejects, with what it printed, when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal and waits for the end; resolves with what it ended by. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const FOLDER = fileURLToPath(new URL('../../examples/bots/', import.meta.url));

/** Starts `node FILE ARGS` or, for a file of Python, `python3 FILE ARGS`. */
export function startExample(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningExample {
  const program = file.endsWith('.py') ? 'python3' : process.execPath;
  const child = spawn(program, [`${FOLDER}${file}`, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  return {
    output: () => output,
    printed: (pattern) =>
      eventually(
        `${file} prints ${pattern}`,
        () => {
          const found = pattern.exec(output);
          if (found === null && isOver) throw new Error(`${file} has ended:\n${output}`);
          return found;
        },
        30_000,
      ),
    end: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
