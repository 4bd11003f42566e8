import type { FaultKind } from './faults.ts';
import type { Journal } from './journal.ts';

/** A fault that was inflicted; monotonic milliseconds. */
export interface Inflicted {
  readonly kind: FaultKind;
  readonly target: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * How long after the beginning of a fault everybody that it could touch had heard, in each of its rooms,
 * something that was said after it began. Null when too little was said afterwards to tell.
 */
export function healedAfter(
  { kind, target, startMs }: Inflicted,
  journals: readonly Journal[],
): number | null {
  const sentMs = new Map(
    journals.flatMap(({ said }) => [...said.values()].map((each) => [each.mark, each.sentMs])),
  );
  const touched = kind === 'cut' ? journals.slice(target, target + 1) : journals;
  const times = touched.flatMap(({ rooms }) =>
    [...rooms.values()].map(({ received }) => {
      const later = received.find(({ mark, atMs }) => {
        return atMs >= startMs && (sentMs.get(mark ?? '') ?? 0) >= startMs;
      });
      return later === undefined ? null : later.atMs - startMs;
    }),
  );
  return times.includes(null) ? null : Math.max(0, ...times.map((time) => time ?? 0));
}
