import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Bucket } from '../bus/bucket.ts';
import { type Actor, SYSTEM } from '../domain/events.ts';
import { accountId, displayName, MAX_ACCOUNT_ID, nameKey, SYSTEM_ID } from '../domain/ids.ts';
import { type Role, role } from '../domain/room-commands.ts';

const account = z.object({
  id: accountId,
  name: displayName,
  role: role.exclude(['bot']),
  /** Null: a guest or a bot, who cannot log in with a password. */
  password: z.string().nullable(),
  /** Of a bot: the digest of its key. */
  key: z.string().optional(),
});
export type Account = z.infer<typeof account>;

/** Ids from here on are guests'; accounts have lower ones. */
export const FIRST_GUEST_ID = 1_000_000_000;
export const GUEST_TTL_MS = 30 * 24 * 3600 * 1000;
const GUEST_BLOCK = 64;

/**
 * The accounts, in a bucket: `id.<id>` holds the account, `name.<digest>` the id that has the name.
 * Guests are in a bucket of their own, which forgets them after `GUEST_TTL_MS`.
 * An account has its name only once the entry of the name says so, and names that differ only in case
 * are one, so two accounts never share one. Rejects with `BusError`.
 */
export class Accounts {
  readonly #accounts: Bucket;
  readonly #guests: Bucket;
  #guestIds: { next: number; end: number } = { next: 0, end: 0 };
  #taking: Promise<unknown> = Promise.resolve();

  constructor(accounts: Bucket, guests: Bucket) {
    this.#accounts = accounts;
    this.#guests = guests;
  }

  async byId(id: string): Promise<Account | null> {
    const bucket = Number(id) >= FIRST_GUEST_ID ? this.#guests : this.#accounts;
    const entry = await bucket.get(`id.${accountId.parse(id)}`);
    return entry === null ? null : account.parse(JSON.parse(entry.value));
  }

  async byName(name: string): Promise<Account | null> {
    const entry = await this.#accounts.get(nameEntry(name));
    // An unknown name costs a look-up more, so that it takes as long as a known one.
    return this.#named(name, entry?.value ?? '1');
  }

  async list(): Promise<Account[]> {
    const entries = await this.#accounts.entries('id.');
    return entries
      .map((entry) => account.parse(JSON.parse(entry.value)))
      .sort((one, other) => Number(one.id) - Number(other.id));
  }

  /** Adds an account; `NAME_TAKEN` or `ID_TAKEN` when there is one already. */
  async add(added: Account): Promise<'added' | 'NAME_TAKEN' | 'ID_TAKEN'> {
    if (await this.#isTaken(added.name)) return 'NAME_TAKEN';
    if (Number(added.id) >= FIRST_GUEST_ID) return 'ID_TAKEN';
    const made = await this.#accounts.create(`id.${added.id}`, JSON.stringify(added));
    if (!made) return 'ID_TAKEN';
    if (await this.#takeName(added)) return 'added';
    await this.#accounts.delete(`id.${added.id}`);
    return 'NAME_TAKEN';
  }

  /** Changes an account; false when there is none. */
  async change(
    name: string,
    change: Partial<Pick<Account, 'role' | 'password' | 'key'>>,
  ): Promise<boolean> {
    const found = await this.byName(name);
    if (found === null) return false;
    await this.#accounts.put(`id.${found.id}`, JSON.stringify({ ...found, ...change }));
    return true;
  }

  async remove(name: string): Promise<boolean> {
    const found = await this.byName(name);
    if (found === null) return false;
    await this.#accounts.delete(`id.${found.id}`);
    await this.#accounts.delete(nameEntry(name));
    return true;
  }

  /** The lowest id above every account's. */
  async freeId(): Promise<string> {
    const highest = (await this.list()).at(-1);
    return String(Number(highest?.id ?? '0') + 1);
  }

  /** Makes a guest with an id that nobody ever had. A name that an account has gets a number. */
  async addGuest(name: string): Promise<Account> {
    const id = String(await this.#nextGuestId());
    // Most names are free, and before it is answered nobody knows the id.
    const [named, isTaken] = await Promise.all([this.#putGuest(id, name), this.#isTaken(name)]);
    if (!isTaken) return named;
    const start = [...name].slice(0, 24).join('');
    return this.#putGuest(id, `${start}_${Number(id) % 10_000_000}`);
  }

  async #putGuest(id: string, name: string): Promise<Account> {
    const guest: Account = { id, name, role: 'guest', password: null };
    await this.#guests.put(`id.${id}`, JSON.stringify(guest));
    return guest;
  }

  async roleOf(id: string): Promise<Role> {
    if (id === SYSTEM_ID) return 'moderator';
    const found = await this.byId(id);
    if (found?.role === 'member' && found.key !== undefined) return 'bot';
    return found?.role ?? 'guest';
  }

  async actorOf(id: string): Promise<Actor | null> {
    const found = await this.byId(id);
    return found === null ? null : { id: found.id, name: found.name };
  }

  async #isTaken(name: string): Promise<boolean> {
    if (nameKey(name) === nameKey(SYSTEM.name)) return true;
    const entry = await this.#accounts.get(nameEntry(name));
    return entry !== null && (await this.#named(name, entry.value)) !== null;
  }

  // A name whose account is gone, or was never finished, is free.
  async #named(name: string, id: string): Promise<Account | null> {
    const found = await this.byId(id);
    return found !== null && nameKey(found.name) === nameKey(name) ? found : null;
  }

  // The account is there before its name is: an entry that leads to none is free.
  async #takeName({ id, name }: Account): Promise<boolean> {
    const entry = await this.#accounts.get(nameEntry(name));
    if (entry === null) return this.#accounts.create(nameEntry(name), id);
    const holder = await this.byId(entry.value);
    const isHeld = holder !== null && holder.id !== id && nameKey(holder.name) === nameKey(name);
    return !isHeld && (await this.#accounts.update(nameEntry(name), id, entry.revision));
  }

  // Ids are reserved in blocks, and taken one after the other.
  #nextGuestId(): Promise<number> {
    const taken = this.#taking.then(() => this.#takeGuestId());
    this.#taking = taken.catch(() => 0);
    return taken;
  }

  async #takeGuestId(): Promise<number> {
    while (this.#guestIds.next >= this.#guestIds.end) {
      const entry = await this.#accounts.get(GUEST_COUNTER);
      const next = Number(entry?.value ?? FIRST_GUEST_ID);
      const end = next + GUEST_BLOCK;
      if (end > MAX_ACCOUNT_ID) throw new Error('there are no guest ids left');
      const reserved =
        entry === null
          ? await this.#accounts.create(GUEST_COUNTER, String(end))
          : await this.#accounts.update(GUEST_COUNTER, String(end), entry.revision);
      if (reserved) this.#guestIds = { next, end };
    }
    const id = this.#guestIds.next;
    this.#guestIds = { ...this.#guestIds, next: id + 1 };
    return id;
  }
}

const GUEST_COUNTER = 'counter.guest';

// A digest of the folded name: a key that any name can be turned into and no name can break out of.
function nameEntry(name: string): string {
  return `name.${createHash('sha256').update(nameKey(name)).digest('hex')}`;
}
