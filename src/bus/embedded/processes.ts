import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * When a process began, in a form to be compared only: a process id is given again to others, the
 * two together are not. Null when there is no such process, or it has ended and nobody noticed yet.
 */
export function startOfProcess(pid: number): string | null {
  if (process.platform !== 'linux') return ask(pid, 'lstart');
  const stat = readProc(pid, 'stat');
  // The name in brackets may hold blanks and brackets itself.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === undefined || state === 'Z' || state === 'X') return null;
  return fields[18] ?? null;
}

/** The command line of a process, words separated by blanks; empty when there is no such process. */
export function commandLineOf(pid: number): string {
  if (process.platform !== 'linux') return ask(pid, 'command') ?? '';
  return (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ');
}

/** Whether a process has ended within `waitMs`. */
export async function endsWithin(pid: number, waitMs: number): Promise<boolean> {
  const begun = startOfProcess(pid);
  const deadline = performance.now() + waitMs;
  while (begun !== null && startOfProcess(pid) === begun) {
    if (performance.now() >= deadline) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Sends a signal; does nothing when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const POLL_MS = 25;

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Gone is the usual reason; a process that may not be looked at is not ours either.
    return null;
  }
}

function ask(pid: number, column: string): string | null {
  try {
    const answer = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim() || null;
  } catch {
    // ps fails when there is no such process.
    return null;
  }
}
