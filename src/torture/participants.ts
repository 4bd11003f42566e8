import type { ClientAccount, TortureClient } from './client.ts';
import { Journal } from './journal.ts';
import { roomOfXmlClient, wireOf } from './plan.ts';
import type { Provisions } from './provision.ts';
import type { System } from './system.ts';
import { WebClient } from './web-client.ts';
import { XmlClient } from './xml-client.ts';

/** A client and what it writes down. */
export interface Participant {
  readonly name: string;
  readonly wire: 'xml' | 'web';
  readonly account: ClientAccount;
  readonly journal: Journal;
  readonly client: TortureClient;
}

/** A client for each account, the wires by turns. They are not started yet. */
export function participantsOf(
  system: System,
  { accounts, rooms }: Provisions,
  now: () => number,
): Participant[] {
  return accounts.map((account, index) => {
    const wire = wireOf(index);
    const journal = new Journal();
    const own = rooms[roomOfXmlClient(index, rooms.length)] ?? '';
    const parts = {
      ...{ account, journal, first: index, patienceMs: PATIENCE_MS, now },
      rooms: wire === 'xml' ? [own] : rooms,
      endpoints: () => system.endpoints(),
    };
    const client = wire === 'xml' ? new XmlClient(parts) : new WebClient(parts);
    return { name: `c${index}`, wire, account, journal, client };
  });
}

// A relay that is silent is given up after some seconds, and a command may be answered after five.
const PATIENCE_MS = 8000;
