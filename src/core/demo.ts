import type { RoomAnswer } from '../domain/room-commands.ts';
import type { Stores } from './open-core.ts';
import { hashPassword } from './passwords.ts';

export const DEMO_ACCOUNTS = [
  { id: '2', name: 'mod', password: 'mod', role: 'moderator' },
  { id: '6', name: 'enobrev', password: 'mypassword', role: 'member' },
  { id: '9', name: 'ann', password: 'ann', role: 'member' },
] as const;

const ROOMS = [
  { id: '1', name: 'Lobby 1' },
  { id: '2', name: 'General Chat' },
] as const;

/** Puts sample accounts and rooms into an empty store; true when it was empty. */
export async function seedDemo(
  { accounts, registry }: Stores,
  createRoom: (id: string, name: string) => Promise<RoomAnswer>,
): Promise<boolean> {
  if (registry.size > 0 || (await accounts.list()).length > 0) return false;
  await Promise.all(
    DEMO_ACCOUNTS.map(async (account) =>
      accounts.add({ ...account, password: await hashPassword(account.password) }),
    ),
  );
  for (const { id, name } of ROOMS) await createRoom(id, name);
  return true;
}
