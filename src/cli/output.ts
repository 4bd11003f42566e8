import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandError, type Io } from './command.ts';

export type Write = (text: string) => Promise<void>;

/**
 * Lets `work` write to stdout, or to a file that has its name only when it is whole: where work fails
 * or is interrupted, what was there before is there still. Throws `CommandError` for a file that cannot
 * be written.
 */
export async function writingTo(
  io: Io,
  file: string | undefined,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  if (file === undefined) return buffered(io.print, work);
  const interruption = io.interruption();
  const part = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.part`);
  const handle = await onFile(file, () => open(part, 'wx'));
  try {
    await buffered(async (text) => {
      if (interruption.aborted) throw new CommandError(`interrupted: ${file} was not written`);
      await onFile(file, () => handle.writeFile(text));
    }, work);
    await onFile(file, () => finish(handle, part, file));
  } catch (error) {
    await handle.close().catch(() => undefined);
    // Why it failed is told; that the rest of it cannot be removed would only hide that.
    await unlink(part).catch(() => undefined);
    throw error;
  }
}

async function finish(handle: FileHandle, part: string, file: string): Promise<void> {
  await handle.sync();
  await handle.close();
  await rename(part, file);
}

async function buffered(write: Write, work: (write: Write) => Promise<void>): Promise<void> {
  let waiting = '';
  const flush = async () => {
    const text = waiting;
    waiting = '';
    if (text !== '') await write(text);
  };
  await work(async (text) => {
    waiting += text;
    if (waiting.length >= CHUNK) await flush();
  });
  await flush();
}

async function onFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new CommandError(`${file} cannot be written: ${cause.message}`, { cause });
  }
}

const CHUNK = 65_536;
