import type { BusConnection } from '../bus/bus-connection.ts';
import { receive } from '../bus/messages.ts';
import { CONTROL_SUBJECTS } from '../bus/subjects.ts';
import type { ConnectionReport, ConnectionsAnswer } from '../domain/control.ts';

/**
 * Tells operators which connections a relay has: of many the `CONNECTIONS_MAX` with the most bytes
 * waiting. Returns a function that ends it.
 */
export function reportConnections(
  bus: BusConnection,
  relay: string,
  reports: () => Iterable<ConnectionReport>,
): () => void {
  return receive(bus, CONTROL_SUBJECTS.connections, ({ respond }) => {
    const all = [...reports()].sort((one, other) => other.outboxBytes - one.outboxBytes);
    const connections = all.slice(0, CONNECTIONS_MAX);
    respond({ relay, total: all.length, connections } satisfies ConnectionsAnswer);
  });
}

// A message on the bus has a limit of 1 MiB; a connection in 32 rooms takes less than 2 KiB.
const CONNECTIONS_MAX = 500;
