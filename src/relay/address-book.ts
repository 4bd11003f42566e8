import { networkOf } from '../transports/addresses.ts';
import { Budget, type Rates } from './budget.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AddressLimits {
  readonly addressesMax: number;
  readonly addressConnectionsMax: number;
  readonly addressConnectionsPerSecond: number;
  readonly addressConnectionsBurst: number;
  readonly addressFramesPerSecond: number;
  readonly addressFramesBurst: number;
  readonly addressBytesPerSecond: number;
  readonly addressBytesBurst: number;
  readonly addressLoginsPerMinute: number;
  readonly addressLoginsBurst: number;
}

export interface AddressBookParts {
  readonly limits: AddressLimits;
  /** Whether nothing of an address is counted. */
  readonly isExempt: (address: string) => boolean;
  /** There are so many addresses that one more is not counted. */
  readonly onFull: () => void;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** A connection as its address sees it. */
export interface Visit {
  /** Why it is one too many, or null. */
  readonly refused: 'address' | 'address_rate' | null;
  /** What all connections of the address may send together; null: not counted. */
  readonly budget: Budget | null;
  /** The connection is gone. Called once. */
  leave(): void;
}

interface Entry {
  sockets: number;
  connections: number;
  readonly accepts: TokenBucket;
  readonly connects: TokenBucket;
  readonly budget: Budget;
}

/**
 * What came from each address lately (protocol.md §7.1). An address is forgotten when it has nothing
 * open and may do again whatever a new one may. At most `addressesMax` are kept: for one more, the one
 * that was heard of longest ago and has nothing open is forgotten before its time. Where there is no
 * such one, the new one is not counted: the limits of its connections hold, and those of the relay.
 */
export class AddressBook {
  readonly #parts: AddressBookParts;
  readonly #rates: Rates;
  // In the order in which they were heard of, the latest last.
  readonly #entries = new Map<string, Entry>();

  constructor(parts: AddressBookParts) {
    this.#parts = parts;
    this.#rates = ratesOf(parts.limits);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A socket was accepted; null: it is not to be. Returns what to call when it is closed. */
  accept(address: string): (() => void) | null {
    const entry = this.#find(address);
    if (entry === null) return nothing;
    const { limits, clock } = this.#parts;
    if (entry.sockets >= limits.addressConnectionsMax + SPARE_SOCKETS) return null;
    if (!entry.accepts.take(1, clock())) return null;
    entry.sockets += 1;
    return () => {
      entry.sockets -= 1;
    };
  }

  /** A connection was opened. One that is refused counts as well, until it is gone. */
  visit(address: string): Visit {
    const entry = this.#find(address);
    if (entry === null) return { refused: null, budget: null, leave: nothing };
    entry.connections += 1;
    return {
      refused: this.#refusalOf(entry),
      budget: entry.budget,
      leave: () => {
        entry.connections -= 1;
      },
    };
  }

  /** Forgets the addresses that nothing is left of. */
  tidy(): void {
    const nowMs = this.#parts.clock();
    for (const [network, entry] of this.#entries) {
      if (isIdle(entry) && isAsNew(entry, nowMs)) this.#entries.delete(network);
    }
  }

  #refusalOf({ connections, connects }: Entry): Visit['refused'] {
    if (connections > this.#parts.limits.addressConnectionsMax) return 'address';
    return connects.take(1, this.#parts.clock()) ? null : 'address_rate';
  }

  #find(address: string): Entry | null {
    if (this.#parts.isExempt(address)) return null;
    const network = networkOf(address);
    const known = this.#entries.get(network);
    if (known === undefined) return this.#add(network);
    this.#entries.delete(network);
    this.#entries.set(network, known);
    return known;
  }

  #add(network: string): Entry | null {
    const { limits, clock, onFull } = this.#parts;
    if (this.#entries.size >= limits.addressesMax && !this.#forgetOne()) {
      onFull();
      return null;
    }
    const nowMs = clock();
    const [rate, burst] = [limits.addressConnectionsPerSecond, limits.addressConnectionsBurst];
    const entry = {
      sockets: 0,
      connections: 0,
      accepts: new TokenBucket(rate * SOCKETS_EACH, burst * SOCKETS_EACH, nowMs),
      connects: new TokenBucket(rate, burst, nowMs),
      budget: new Budget(this.#rates, nowMs),
    };
    this.#entries.set(network, entry);
    return entry;
  }

  #forgetOne(): boolean {
    for (const [network, entry] of this.#entries) {
      if (isIdle(entry)) return this.#entries.delete(network);
    }
    return false;
  }
}

function nothing(): void {}

function isIdle({ sockets, connections }: Entry): boolean {
  return sockets === 0 && connections === 0;
}

function isAsNew({ accepts, connects, budget }: Entry, nowMs: number): boolean {
  return accepts.isFull(nowMs) && connects.isFull(nowMs) && budget.isFull(nowMs);
}

function ratesOf(limits: AddressLimits): Rates {
  return {
    framesPerSecond: limits.addressFramesPerSecond,
    framesBurst: limits.addressFramesBurst,
    bytesPerSecond: limits.addressBytesPerSecond,
    bytesBurst: limits.addressBytesBurst,
    loginsPerMinute: limits.addressLoginsPerMinute,
    loginsBurst: limits.addressLoginsBurst,
  };
}

// Those that come to ask for a policy or a page, and those that are told that they are too many.
const SPARE_SOCKETS = 64;
// A client comes on more than one: it asks for a policy first, or for a page and its files.
const SOCKETS_EACH = 10;
