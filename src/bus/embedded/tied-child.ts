import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a child is made to end with its parent: by the kernel, or by a third process that watches. */
export type Tie = 'kernel' | 'watchdog';

/** The better tie that this system has. */
export function availableTie(env: NodeJS.ProcessEnv): Tie {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const found = folders.some((folder) => existsSync(join(folder, 'setpriv')));
  return process.platform === 'linux' && found ? 'kernel' : 'watchdog';
}

/**
 * Starts a program that gets SIGTERM when this process ends, also when it is killed. It is in a
 * process group of its own: a Ctrl-C at the terminal does not reach it. Its stderr can be read, its
 * stdout only when `around` says so.
 */
export function spawnTied(
  program: string,
  args: readonly string[],
  tie: Tie,
  around: Pick<SpawnOptions, 'env' | 'stdio'> = {},
): ChildProcess {
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const options: SpawnOptions = { stdio: [...stdio], ...around, detached: true };
  if (tie === 'kernel') {
    return spawn('setpriv', ['--pdeathsig', 'TERM', '--', program, ...args], options);
  }
  const child = spawn(program, args, options);
  if (child.pid !== undefined) watch(child, child.pid);
  return child;
}

// The pipe to the watchdog closes when this process ends, however it ends.
function watch(child: ChildProcess, pid: number): void {
  const watchdog = spawn(process.execPath, ['-e', WATCHDOG, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  child.once('exit', () => watchdog.kill('SIGKILL'));
}

const WATCHDOG = `
  process.stdin.resume().on('end', () => {
    try { process.kill(Number(process.argv[1]), 'SIGTERM'); } catch {}
  });
`;
