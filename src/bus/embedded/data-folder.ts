import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { EmbeddedError } from './embedded-error.ts';
import { commandLineOf, endsWithin, signal, startOfProcess } from './processes.ts';

/** How other commands find the system that runs on a data folder. */
const runtime = z.object({
  pid: z.int(),
  /** With its password: the file is for the owner of the folder only. */
  natsUrl: z.string(),
  port: z.int(),
  adminPort: z.int(),
  version: z.string(),
});
export type Runtime = z.infer<typeof runtime>;

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Tells other commands where the system is; taken back by `release`. */
  publish(what: Omit<Runtime, 'pid'>): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a data folder, made if it is not there, for this process alone, and sees that no nats-server
 * of an earlier process works in it any more.
 *
 * Throws `EmbeddedError` naming the process that holds it. A lock whose process is gone is taken over.
 */
export async function lockDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new EmbeddedError(`data folder ${path} cannot be made: ${String(cause)}`, { cause });
  });
  const generation = await takeLock(path).catch((cause: unknown) => {
    if (cause instanceof EmbeddedError) throw cause;
    throw new EmbeddedError(`data folder ${path} cannot be used: ${String(cause)}`, { cause });
  });
  await endOrphan(path);
  return {
    path,
    publish: (what) => writePrivately(runtimeFile(path), { pid: process.pid, ...what }),
    release: async () => {
      await rm(runtimeFile(path), { force: true });
      await writePrivately(lockFile(path, generation), {});
    },
  };
}

/** What the system that runs on a data folder published, or null when none runs. */
export async function readRuntime(folder: string): Promise<Runtime | null> {
  const path = resolve(folder);
  const found = await readHolder(path, Math.max(0, ...(await lockGenerations(path))));
  if (found === null) return null;
  const published = runtime.safeParse(await readJson(runtimeFile(path))).data;
  return published?.pid === found.pid ? published : null;
}

/** The files of the embedded nats-server in a data folder. */
export function serverFiles(path: string) {
  return {
    config: join(path, 'nats-server.conf'),
    pid: join(path, 'nats-server.pid'),
    log: join(path, 'nats-server.log'),
  } as const;
}

const holder = z.object({ pid: z.int().min(1), start: z.string().nullable() });
type Holder = z.infer<typeof holder>;

const runtimeFile = (path: string): string => join(path, 'runtime.json');
const lockFile = (path: string, generation: number): string => join(path, `lock.${generation}`);

/**
 * The lock is the file `lock.<n>` of the highest n, and who it names. To take it from somebody who is
 * gone is to make the file of n + 1. The highest is never removed, so numbers only grow, and of
 * several processes that try at once one makes the file.
 */
async function takeLock(path: string): Promise<number> {
  const own: Holder = { pid: process.pid, start: startOfProcess(process.pid) };
  const made = join(path, `taking.${process.pid}.${randomBytes(4).toString('hex')}`);
  await writePrivately(made, own);
  try {
    for (;;) {
      const generation = 1 + (await refuseIfHeld(path));
      // A link appears with its content and never over another file.
      const mine = await unlessExists(link(made, lockFile(path, generation)));
      if (mine && (await removeOlderLocks(path, generation))) return generation;
    }
  } finally {
    await rm(made, { force: true });
  }
}

async function refuseIfHeld(path: string): Promise<number> {
  const generation = Math.max(0, ...(await lockGenerations(path)));
  const found = await readHolder(path, generation);
  if (found === null) return generation;
  throw new EmbeddedError(
    `data folder ${path} is in use by process ${found.pid}: stop that one, or set RELAY_DATA_DIR`,
  );
}

// False when there is a newer one: then this one is of a number that had been used up long before.
async function removeOlderLocks(path: string, own: number): Promise<boolean> {
  const generations = await lockGenerations(path);
  const newest = Math.max(...generations);
  const older = generations.filter((generation) => generation < newest && generation <= own);
  await Promise.all(older.map((generation) => rm(lockFile(path, generation), { force: true })));
  return newest === own;
}

async function lockGenerations(path: string): Promise<number[]> {
  const names = await readdir(path).catch(() => []);
  return names.flatMap((name) => {
    const digits = /^lock\.(\d{1,15})$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** Who holds the lock of a generation, if that process lives. */
async function readHolder(path: string, generation: number): Promise<Holder | null> {
  const found = holder.safeParse(await readJson(lockFile(path, generation))).data;
  if (found === undefined) return null;
  const start = startOfProcess(found.pid);
  return start !== null && (found.start === null || found.start === start) ? found : null;
}

/** A nats-server ends soon after its parent was killed; one that does not is told to. */
async function endOrphan(path: string): Promise<void> {
  const { config, pid: pidFile } = serverFiles(path);
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  const isOurs = () => commandLineOf(pid).includes(config);
  if (!Number.isInteger(pid) || pid < 1 || !isOurs()) return;
  if (await endsWithin(pid, ORPHAN_WAIT_MS)) return;
  if (isOurs()) signal(pid, 'SIGTERM');
  if (await endsWithin(pid, ORPHAN_WAIT_MS)) return;
  if (isOurs()) signal(pid, 'SIGKILL');
  if (await endsWithin(pid, ORPHAN_WAIT_MS)) return;
  throw new EmbeddedError(`data folder ${path} is in use by nats-server, process ${pid}`);
}

const ORPHAN_WAIT_MS = 5000;

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // Not there, or cut short by a crash: either way there is nobody to find.
    return undefined;
  }
}

async function writePrivately(file: string, what: object): Promise<void> {
  const made = `${file}.new`;
  await writeFile(made, `${JSON.stringify(what)}\n`, { mode: 0o600 });
  await rename(made, file);
}

async function unlessExists(made: Promise<void>): Promise<boolean> {
  try {
    await made;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
