import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fetchDebianPackage } from './debian-package.ts';
import { EmbeddedError } from './embedded-error.ts';

export interface NatsServerProgram {
  readonly path: string;
  readonly version: string;
}

export interface NatsServerSearch {
  /** The operator's choice: this one or none. */
  readonly configured: string | null;
  /** For PATH, HOME and XDG_CACHE_HOME. */
  readonly env: NodeJS.ProcessEnv;
  readonly systemFolders?: readonly string[];
  /** Called before something is downloaded, which may take a while. */
  readonly onFetch?: () => void;
}

/**
 * Finds a nats-server program of version 2.9 or later: the configured one, else in PATH, else in the
 * system's folders, else one that an earlier run fetched, else in Debian's package, which is fetched
 * into the user's cache and changes nothing in the system.
 *
 * Throws `EmbeddedError` that says how to install one.
 */
export async function findNatsServer(search: NatsServerSearch): Promise<NatsServerProgram> {
  if (search.configured !== null) return requireProgram(resolve(search.configured));
  const passedOver: string[] = [];
  for (const folder of foldersOf(search)) {
    const found = await tryProgram(join(folder, PROGRAM), passedOver);
    if (found !== null) return found;
  }
  const cache = cacheFolder(search.env);
  for (const folder of await fetchedFolders(cache)) {
    const found = await tryProgram(join(folder, PROGRAM), passedOver);
    if (found !== null) return found;
  }
  search.onFetch?.();
  try {
    return await requireProgram(await fetchDebianPackage(cache, search.env, versionOf));
  } catch (cause) {
    throw new EmbeddedError([howToInstall(process.platform), ...passedOver].join('\n'), { cause });
  }
}

/** Where programs that were fetched are kept, each in a folder of its version. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(base, 'xmlsocket-relay');
}

/** -1, 0 or 1 as the first version is lower, the same or higher; only numbers count. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(/[.-]/).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] || 0) - (right?.[index] || 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const PROGRAM = 'nats-server';
const LOWEST_VERSION = '2.9.0';
// Debian's package puts it into /usr/sbin, which is not in the PATH of ordinary users.
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

function foldersOf({ env, systemFolders = SYSTEM_FOLDERS }: NatsServerSearch): string[] {
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...path, ...systemFolders])];
}

async function fetchedFolders(cache: string): Promise<string[]> {
  const names = await readdir(cache).catch(() => []);
  return names
    .filter((name) => name.startsWith(`${PROGRAM}-`))
    .sort((one, other) => compareVersions(versionIn(other), versionIn(one)))
    .map((name) => join(cache, name));
}

function versionIn(folderName: string): string {
  return folderName.slice(PROGRAM.length + 1);
}

async function requireProgram(path: string): Promise<NatsServerProgram> {
  const version = await versionOf(path).catch((cause: unknown) => {
    throw new EmbeddedError(`${path} is no nats-server that runs here: ${String(cause)}`, {
      cause,
    });
  });
  if (compareVersions(version, LOWEST_VERSION) < 0) throw new EmbeddedError(tooOld(path, version));
  return { path, version };
}

async function tryProgram(path: string, passedOver: string[]): Promise<NatsServerProgram | null> {
  const version = await versionOf(path).catch((error: NodeJS.ErrnoException) => {
    if (!ABSENT.has(error.code ?? '')) passedOver.push(`Passed over ${path}: it does not run.`);
    return null;
  });
  if (version === null) return null;
  if (compareVersions(version, LOWEST_VERSION) >= 0) return { path, version };
  passedOver.push(`Passed over ${tooOld(path, version)}`);
  return null;
}

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);

async function versionOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['-v'], { timeout: 10_000 });
  const version = /^nats-server: v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error('it does not say its version');
  return version;
}

function tooOld(path: string, version: string): string {
  return `${path}: nats-server ${version} is too old, 2.9 or later is needed.`;
}

function howToInstall(platform: NodeJS.Platform): string {
  const command = {
    linux: 'on Debian or Ubuntu: apt-get install nats-server; elsewhere: https://nats.io/download',
    darwin: 'brew install nats-server',
  } as const;
  const how = platform === 'linux' || platform === 'darwin' ? command[platform] : null;
  return (
    `No nats-server was found. Install it (${how ?? 'https://nats.io/download'}),\n` +
    'or set RELAY_NATS_SERVER_BINARY to its path, or RELAY_NATS_URL to a server that runs.'
  );
}
