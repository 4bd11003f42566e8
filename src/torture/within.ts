import { setTimeout as pause } from 'node:timers/promises';
import { TortureError } from './torture-error.ts';

class Late extends TortureError {
  override name = 'Late';
}

/** Rejects when some work takes longer than `ms`, or everything is given up. */
export async function within<T>(ms: number, work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopTimer = new AbortController();
  const either = AbortSignal.any([signal, stopTimer.signal]);
  const late = pause(ms, undefined, { signal: either }).then(() => {
    throw new Late('the system did not get ready in time');
  });
  // The one that loses must not be an unhandled rejection.
  work.catch(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stopTimer.abort();
  }
}

/** For work whose lateness shows elsewhere, in the counts. */
export function onlyLate(error: unknown): void {
  if (!(error instanceof Late)) throw error;
}
