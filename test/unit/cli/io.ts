import { Readable } from 'node:stream';
import type { Io } from '../../../src/cli/command.ts';
import { runCli } from '../../../src/cli/run.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with a stdin that is no terminal. */
export async function cli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const stdin = Object.assign(Readable.from([input]), { isTTY: false }) as unknown as Io['stdin'];
  const code = await runCli(args, {
    env,
    stdin,
    print: async (text) => {
      stdout += text;
    },
    complain: (line) => {
      stderr += `${line}\n`;
    },
    stdoutIsTerminal: false,
    showProgress: null,
    interruption: () => new AbortController().signal,
  });
  return { code, stdout, stderr };
}
