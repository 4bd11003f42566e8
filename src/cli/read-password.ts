import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError, type Io, UsageError } from './command.ts';

const PASSWORD_MAX_CHARS = 1024;

/**
 * Reads a password: the first line of stdin, or what is typed at the terminal, without echo. Never
 * from an argument, which everybody on the machine could read. 1 to 1024 characters.
 */
export async function readPassword(io: Io, fromStdin: boolean): Promise<string> {
  if (!fromStdin && !io.stdin.isTTY) {
    throw new UsageError('stdin is no terminal: pass the password with --password-stdin');
  }
  const password = fromStdin ? await firstLine(io.stdin) : await typed(io.stdin);
  if (password === '') throw new UsageError('the password is empty');
  if (password.length > PASSWORD_MAX_CHARS) throw new UsageError('the password is too long');
  return password;
}

async function firstLine(stdin: NodeJS.ReadStream): Promise<string> {
  const lines = createInterface({ input: stdin });
  for await (const line of lines) return line;
  return '';
}

async function typed(stdin: NodeJS.ReadStream): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  const interrupted = new AbortController();
  lines.on('SIGINT', () => interrupted.abort());
  process.stderr.write('Password: ');
  try {
    return await lines.question('', { signal: interrupted.signal });
  } catch (cause) {
    throw new CommandError('interrupted', { cause });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
