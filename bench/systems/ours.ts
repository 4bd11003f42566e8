import { randomUUID, scryptSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { commandSubjectOfRoom } from '../../src/bus/subjects.ts';
import { openStores } from '../../src/core/open-core.ts';
import { hashPassword } from '../../src/core/passwords.ts';
import { startNatsServer } from '../../test/support/nats-server.ts';
import { type ServerProcess, startServer } from '../lib/server-process.ts';
import { PASSWORD } from '../load/wires.ts';
import { anyNames, type RunningSystem, type System } from './system.ts';

export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const READY = /"port":(\d+).*"msg":"ready"|"msg":"ready"/;

export interface OurSettings {
  /** More arguments of node, as --cpu-prof. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Passwords as expensive as they are outside of a bench. */
  readonly realPasswords?: boolean;
}

/** Relay, chat-core and nats-server, each a process, from the build, everything stored. */
export function ours(wire: 'json' | 'xml', settings: OurSettings = {}): System {
  const format = wire === 'json' ? 'JSON over WebSocket' : 'null-terminated XML';
  return {
    name: `relay, ${wire === 'json' ? 'JSON' : 'XML'}`,
    what: `this project, receivers on ${format}, every message stored in JetStream`,
    wire,
    start: () => start(wire, settings),
  };
}

async function start(wire: 'json' | 'xml', settings: OurSettings): Promise<RunningSystem> {
  const nats = await startNatsServer();
  const program = (role: string): Promise<ServerProcess> =>
    startServer(
      process.execPath,
      [...(settings.nodeArgs ?? []), '--enable-source-maps', PROGRAM, role],
      READY,
      { ...ENVIRONMENT, RELAY_NATS_URL: nats.url, ...settings.env },
    );
  const core = await program('core');
  const relay = await program('relay');
  const bus = await BusConnection.open({ url: nats.url, name: 'bench', reconnectWaitMs: 1000 });
  return {
    port: Number(relay.ready[1]),
    natsUrl: nats.url,
    processes: { relay: relay.pid, core: core.pid, nats: nats.pid },
    names: (count) => (wire === 'json' ? anyNames(count) : makeAccounts(bus, count, settings)),
    makeRooms: (ids) => makeRooms(bus, ids),
    stop: async () => {
      await bus.close();
      await relay.stop();
      await core.stop();
      await nats.stop();
    },
  };
}

async function makeAccounts(
  bus: BusConnection,
  count: number,
  { realPasswords = false }: OurSettings,
): Promise<readonly string[]> {
  const { accounts } = await openStores(bus, 1);
  const password = realPasswords ? await hashPassword(PASSWORD) : CHEAP;
  const names = await anyNames(count);
  await Promise.all(
    names.map((name, index) =>
      accounts.add({ id: String(FIRST_ID + index), name, role: 'member', password }),
    ),
  );
  return names;
}

async function makeRooms(bus: BusConnection, ids: readonly string[]): Promise<void> {
  const from = { id: '0', name: 'system' };
  for (const id of ids) {
    const command = { type: 'create', id: randomUUID(), from, via: 'nats', name: `Room ${id}` };
    const answer = await bus.nc.request(commandSubjectOfRoom(id), JSON.stringify(command));
    const { ok, code } = answer.json<{ ok: boolean; code?: string }>();
    if (!ok && code !== 'ROOM_EXISTS') throw new Error(`room ${id}: ${code}`);
  }
}

// What a connection costs is not to drown in what a password is meant to cost: the cost is stored with it.
const CHEAP_N = 16;
const SALT = 'bench';
const KEY = scryptSync(PASSWORD, SALT, 32, { N: CHEAP_N, r: 8, p: 1 });
const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64url');
const CHEAP = `scrypt$${CHEAP_N}$8$1$${base64(SALT)}$${base64(KEY)}`;
const FIRST_ID = 100;
const ENVIRONMENT = {
  RELAY_PORT: '0',
  RELAY_ADMIN_PORT: '0',
  RELAY_DEMO: '1',
  RELAY_RATE_LIMITS: 'off',
  RELAY_LOG_LEVEL: 'warn',
  RELAY_LIMITS_CONNECTIONS_MAX: '30000',
};
