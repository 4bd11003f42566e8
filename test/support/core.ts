import { randomUUID } from 'node:crypto';
import type { BusConnection } from '../../src/bus/bus-connection.ts';
import { receive, tell } from '../../src/bus/messages.ts';
import { Requester } from '../../src/bus/requester.ts';
import { CONTROL_SUBJECTS, commandSubjectOfRoom } from '../../src/bus/subjects.ts';
import type { ChatCore } from '../../src/core/chat-core.ts';
import { type CoreOptions, openCore, openStores, type Stores } from '../../src/core/open-core.ts';
import { hashPassword } from '../../src/core/passwords.ts';
import { type PresencePart, presenceRequest } from '../../src/domain/control.ts';
import { type Actor, SYSTEM } from '../../src/domain/events.ts';
import type { LoginAnswer, RoomAnswer } from '../../src/domain/room-commands.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';
import type { TestLog } from './log.ts';

export interface TestCore {
  readonly core: ChatCore;
  readonly bus: BusConnection;
  readonly stores: Stores;
  readonly metrics: Metrics;
}

const OPTIONS: Omit<CoreOptions, 'self'> = {
  ...{ heartbeatMs: 200, silenceMs: 800, coreSilenceMs: 800, roomsMax: 100, replicas: 1 },
  ...{ appendTimeoutMs: 500, commandTimeoutMs: 5000, roomCommandsPendingMax: 1000 },
  ...{ togetherMax: 64, snapshotEvery: 10, duplicateWindowMs: 120_000, snapshotMaxAgeMs: 60_000 },
  ...{ graceMs: 0, catchUpWindowMs: 60_000 },
  ...{ textMaxCodePoints: 100, membersPerRoomMax: 50, loginsConcurrentMax: 2 },
  ...{ loginsPendingMax: 10, guests: true, sessionTtlSeconds: 3600 },
  ...{
    rateLimits: true,
    botCommandsPerSecond: 1000,
    botCommandsBurst: 1000,
    botCommandsPendingMax: 100,
  },
  foreignTokens: { secret: 's'.repeat(32), publicKeyPem: null, issuer: null, audience: null },
};

/** Starts a chat-core on a connection of its own. The caller stops it. */
export async function startCore(
  log: TestLog,
  self: string,
  change: Partial<CoreOptions> = {},
): Promise<TestCore> {
  const bus = await log.connect();
  const metrics = createMetrics();
  const stores = await openStores(bus, 1);
  const around = { bus, metrics, log: createLogger('fatal'), now: Date.now, newId: randomUUID };
  const core = await openCore({ ...OPTIONS, self, ...change }, around, stores);
  await core.start();
  return { core, bus, stores, metrics };
}

export async function addAccount(
  { accounts }: Stores,
  { id, name }: Actor,
  role: 'member' | 'moderator' = 'member',
): Promise<void> {
  await accounts.add({ id, name, role, password: await hashPassword(`${name}'s password`) });
}

/** As much of a relay as chat-core can see: it asks, lives, and says whom it has where. */
export class TestRelay {
  readonly self: string;
  readonly bus: BusConnection;
  readonly here = new Map<string, Map<string, Actor>>();
  /** Whose connections broke, as a relay would tell it. */
  readonly lost: PresencePart['rooms'] = [];
  readonly #requester: Requester;
  readonly #endings: (() => void)[] = [];

  constructor(bus: BusConnection, self: string) {
    this.self = self;
    this.bus = bus;
    this.#requester = new Requester(bus, { timeoutMs: 30_000, pendingMax: 100_000 });
  }

  /** Begins to give signs of life and to answer who is where. */
  live(): this {
    const beat = () => tell(this.bus, CONTROL_SUBJECTS.relayBeat, { relay: this.self });
    const timer = setInterval(beat, 200);
    this.#endings.push(
      () => clearInterval(timer),
      receive(this.bus, CONTROL_SUBJECTS.presence, ({ body, respond }) => {
        const asked = presenceRequest.safeParse(body).data;
        if (asked?.relay !== undefined && asked.relay !== this.self) return;
        const rooms = [...this.here].map(([room, all]) => ({ room, members: [...all.values()] }));
        respond({ relay: this.self, last: true, rooms: [...rooms, ...this.lost] });
      }),
    );
    beat();
    return this;
  }

  /** Falls silent without a word. */
  die(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  stop(): void {
    this.die();
    this.#requester.stop();
  }

  async command(room: string, command: object): Promise<RoomAnswer> {
    const body = { id: randomUUID(), via: 'json', ...command };
    return this.#ask(commandSubjectOfRoom(room), body);
  }

  create(room: string, name = `Room ${room}`): Promise<RoomAnswer> {
    return this.command(room, { type: 'create', from: SYSTEM, name });
  }

  enter(room: string, from: Actor, id: string = randomUUID()): Promise<RoomAnswer> {
    const members = this.here.get(room) ?? new Map<string, Actor>();
    this.here.set(room, members.set(from.id, from));
    return this.command(room, { type: 'enter', id, from, relay: this.self });
  }

  leave(room: string, from: Actor): Promise<RoomAnswer> {
    this.here.get(room)?.delete(from.id);
    return this.command(room, { type: 'leave', from, relay: this.self });
  }

  say(room: string, from: Actor, text: string, id: string = randomUUID()): Promise<RoomAnswer> {
    return this.command(room, { type: 'say', from, text, id });
  }

  async memberNames(room: string): Promise<string[]> {
    const answer = await this.#ask<RoomAnswer>(commandSubjectOfRoom(room), { type: 'members' });
    return answer.ok ? (answer.members ?? []).map(({ name }) => name).sort() : [answer.code];
  }

  login(credentials: object): Promise<LoginAnswer> {
    return this.#ask('chatcmd.login', { credentials });
  }

  rooms(): Promise<unknown> {
    return this.#ask('chatcmd.rooms', {});
  }

  request(subject: string, body: object): Promise<RoomAnswer> {
    return this.#ask(subject, body);
  }

  async #ask<T>(subject: string, body: object): Promise<T> {
    return (await this.#requester.request(subject, JSON.stringify(body))).json();
  }
}
