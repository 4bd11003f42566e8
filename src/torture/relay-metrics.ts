import type { Endpoint } from './client.ts';

export interface RelayMetrics {
  /** Bytes that wait in all outboxes of all relays. */
  readonly outboxBytes: number;
  /** Connections that were cut for reading too slowly. */
  readonly slowReaders: number;
}

/** Reads the metrics of relays from their admin ports, and sums them up. */
export async function readRelayMetrics(admins: readonly Endpoint[]): Promise<RelayMetrics> {
  const texts = await Promise.all(
    admins.map(async ({ host, port }) => (await fetch(`http://${host}:${port}/metrics`)).text()),
  );
  const sum = (name: string) => texts.reduce((total, text) => total + valueIn(text, name), 0);
  return {
    outboxBytes: sum('relay_outbox_bytes'),
    slowReaders: sum('relay_slow_readers_total'),
  };
}

function valueIn(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}
