import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Fetches Debian's package of nats-server and unpacks its program into `<cache>/nats-server-<version>/`.
 * Needs no rights and changes nothing in the system. Returns the program's path.
 *
 * Rejects where there is no apt, no network, or no such package.
 */
export async function fetchDebianPackage(
  cache: string,
  env: NodeJS.ProcessEnv,
  versionOf: (program: string) => Promise<string>,
): Promise<string> {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(cache, 'fetching-'));
  try {
    const archive = await download(work, env);
    await run('dpkg-deb', ['-x', archive, join(work, 'unpacked')], work, env);
    const made = join(work, 'program');
    await mkdir(made);
    await rename(join(work, 'unpacked/usr/sbin/nats-server'), join(made, 'nats-server'));
    const kept = join(cache, `nats-server-${await versionOf(join(made, 'nats-server'))}`);
    await moveInto(made, kept, versionOf);
    return join(kept, 'nats-server');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, env: NodeJS.ProcessEnv): Promise<string> {
  const get = ['download', '-q', 'nats-server'];
  await run('apt-get', get, work, env).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw error;
    // The system's package lists are empty or out of date: read new ones, into a folder of our own.
    await inPrivateLists(async (options) => {
      await run('apt-get', [...options, '-q', 'update'], work, env);
      await run('apt-get', [...options, ...get], work, env);
    });
  });
  const archive = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get downloaded nothing');
  return join(work, archive);
}

// In the system's temporary folder: as root, apt reads as a user who may not enter the cache.
async function inPrivateLists(work: (options: string[]) => Promise<void>): Promise<void> {
  const lists = await mkdtemp(join(tmpdir(), 'xmlsocket-relay-apt-'));
  try {
    await mkdir(join(lists, 'lists/partial'), { recursive: true });
    await mkdir(join(lists, 'cache/archives/partial'), { recursive: true });
    await work([
      ...['-o', `Dir::State::Lists=${lists}/lists`],
      ...['-o', `Dir::Cache=${lists}/cache`],
      ...['-o', 'APT::Sandbox::User='],
    ]);
  } finally {
    await rm(lists, { recursive: true, force: true });
  }
}

async function moveInto(
  made: string,
  kept: string,
  versionOf: (program: string) => Promise<string>,
): Promise<void> {
  await rename(made, kept).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    // Somebody else fetched the same version at the same time, and theirs is as good; or an older
    // one is broken, and is replaced.
    const runs = await versionOf(join(kept, 'nats-server')).catch(() => null);
    if (runs !== null) return;
    await rm(kept, { recursive: true });
    await rename(made, kept);
  });
}

async function run(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  await promisify(execFile)(program, args, {
    cwd,
    env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 300_000,
    maxBuffer: 16 * 1024 * 1024,
  });
}
