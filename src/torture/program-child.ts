import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { spawnTied, type Tie } from '../bus/embedded/tied-child.ts';
import { Child } from './child.ts';

/** How this program itself is started. */
export interface OwnProgram {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const readyLine = z.object({
  msg: z.literal('ready'),
  port: z.number().optional(),
  adminPort: z.number(),
});
export type Ready = z.infer<typeof readyLine>;

export interface ProgramChild {
  readonly child: Child;
  /** What its newest line `"msg":"ready"` said; null before the first. */
  readonly ready: () => Ready | null;
}

export interface ProgramChildOptions {
  /** Also of the file that its output goes to. */
  readonly name: string;
  readonly folder: string;
  readonly program: OwnProgram;
  readonly command: readonly string[];
  readonly tie: Tie;
}

/** A relay or chat-core as a process of its own. */
export function programChild(options: ProgramChildOptions): ProgramChild {
  const { name, folder, program, command, tie } = options;
  const { env } = program;
  const output = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
  let ready: Ready | null = null;
  let lastWords = 'it said nothing';
  const child = new Child({
    name,
    launch: async () => {
      const around = { env, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
      const launched = spawnTied(program.path, [...program.args, ...command], tie, around);
      launched.stderr?.pipe(output, { end: false });
      launched.stderr?.on('data', (chunk: Buffer) => {
        lastWords = chunk.toString().trimEnd().split('\n').at(-1) ?? lastWords;
      });
      launched.stdout?.pipe(output, { end: false });
      return launched;
    },
    lastWords: () => lastWords,
    whenReady: ({ stdout }) =>
      new Promise((resolve) => {
        if (stdout === null) return;
        createInterface({ input: stdout }).on('line', (line) => {
          const found = readReady(line);
          if (found === null) return;
          ready = found;
          resolve();
        });
      }),
  });
  return { child, ready: () => ready };
}

function readReady(line: string): Ready | null {
  if (!line.includes('"msg":"ready"')) return null;
  return readyLine.safeParse(JSON.parse(line)).data ?? null;
}
