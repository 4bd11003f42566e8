import type { Journal } from './journal.ts';

/** From the sender to the last of all receivers, in milliseconds. */
export interface Latency {
  readonly messages: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function latencyOf(times: readonly number[]): Latency {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
  return { messages: times.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/**
 * How long each of these marks took from its sender to the last of the receivers. One that somebody
 * did not hear is left out.
 */
export function timesOf(
  marks: readonly string[],
  senders: readonly Journal[],
  receivers: readonly Journal[],
): number[] {
  const sent = new Map(
    senders.flatMap(({ said }) => [...said.values()].map((each) => [each.mark, each.sentMs])),
  );
  const arrivals = receivers.map(arrivalsOf);
  return marks.flatMap((mark) => {
    const from = sent.get(mark);
    const times = arrivals.flatMap((each) => each.get(mark) ?? []);
    const isHeard = from !== undefined && times.length === receivers.length;
    return isHeard ? [Math.max(...times) - from] : [];
  });
}

function arrivalsOf({ rooms }: Journal): Map<string, number> {
  const received = [...rooms.values()].flatMap((room) => room.received);
  return new Map(
    received.flatMap(({ mark, atMs }) => (mark === null ? [] : [[mark, atMs] as const])),
  );
}
