import { randomBytes } from 'node:crypto';
import type { BusConnection } from '../bus/bus-connection.ts';
import { openStores } from '../core/open-core.ts';
import { hashPassword } from '../core/passwords.ts';
import type { ClientAccount } from './client.ts';
import { TortureError } from './torture-error.ts';

export interface Provisions {
  readonly accounts: readonly ClientAccount[];
  readonly rooms: readonly string[];
  /** Takes the accounts and rooms away again; what was said stays in the log. */
  remove(): Promise<void>;
}

export interface ProvisionParts {
  readonly bus: BusConnection;
  readonly replicas: number;
  /** Makes a room; false when it could not. */
  readonly createRoom: (id: string, name: string) => Promise<boolean>;
  readonly removeRoom: (id: string) => Promise<unknown>;
}

/** Makes accounts and rooms that nobody else uses. */
export async function provision(
  { clients, rooms }: { readonly clients: number; readonly rooms: number },
  { bus, replicas, createRoom, removeRoom }: ProvisionParts,
): Promise<Provisions> {
  const run = randomBytes(4).toString('hex');
  const { accounts } = await openStores(bus, replicas);
  const password = randomBytes(12).toString('hex');
  const hash = await hashPassword(password);
  const made: ClientAccount[] = [];
  const firstId = Number(await accounts.freeId());
  for (let index = 0; index < clients; index += 1) {
    const id = String(firstId + index);
    const name = `torture-${run}-${index}`;
    const added = await accounts.add({ id, name, role: 'member', password: hash });
    if (added !== 'added') throw new TortureError(`account ${name} cannot be made: ${added}`);
    made.push({ id, name, password });
  }
  const ids = Array.from({ length: rooms }, (_, index) => `torture-${run}-${index}`);
  for (const id of ids) {
    if (!(await createRoom(id, id))) throw new TortureError(`room ${id} cannot be made`);
  }
  return {
    accounts: made,
    rooms: ids,
    remove: async () => {
      for (const id of ids) await removeRoom(id);
      for (const { name } of made) await accounts.remove(name);
    },
  };
}
