#!/usr/bin/env node
import { once } from 'node:events';
import type { Io } from './command.ts';
import { runCli } from './run.ts';

const io: Io = {
  env: process.env,
  stdin: process.stdin,
  print: async (text) => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  },
  complain: (line) => {
    process.stderr.write(`${line}\n`);
  },
  stdoutIsTerminal: process.stdout.isTTY,
  // Back to the begin of the line, and what stands there is erased.
  showProgress: process.stderr.isTTY
    ? (line) => void process.stderr.write(`\r\u001b[K${line}`)
    : null,
  interruption: () => {
    const ending = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => ending.abort());
    }
    return ending.signal;
  },
};

// Who reads our output may have seen enough of it: `history 1 | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCli(process.argv.slice(2), io);
// Not process.exit at once: what was written to a pipe may still be on its way.
process.stdout.write('', () => process.exit(code));
