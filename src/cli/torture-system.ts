import { BusConnection } from '../bus/bus-connection.ts';
import type { Config } from '../config/schema.ts';
import { startOwnSystem } from '../torture/own-system.ts';
import { type Provisions, provision } from '../torture/provision.ts';
import { foreignSystem, type System } from '../torture/system.ts';
import type { Io } from './command.ts';
import { RoomCommands } from './room-commands.ts';
import { findNatsUrl } from './system.ts';
import type { TortureOptions } from './torture-options.ts';

/** What every kind of run works with. */
export interface TortureWork {
  readonly options: TortureOptions;
  readonly config: Config;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** The system that runs, or one of its own for this seed. */
export async function systemFor(
  seed: number,
  { options, config, io }: TortureWork,
): Promise<System> {
  const { url, nats, plan, keep } = options;
  if (url !== null) return foreignSystem(nats ?? (await findNatsUrl(config)), url);
  const [main = ''] = process.argv.slice(1);
  return startOwnSystem({
    ...{ relays: plan.relays, cores: plan.cores },
    program: { path: process.execPath, args: [...process.execArgv, main], env: io.env },
    configFile: options.config ?? null,
    natsServerBinary: config.natsServerBinary,
    syncIntervalMs: config.bus.syncIntervalMs,
    keepIn: keep === null ? null : `${keep}/seed-${seed}`,
  });
}

/** Makes accounts and rooms, and takes those of a system that others started away again. */
export async function onProvisions<T>(
  system: System,
  { options, config }: TortureWork,
  work: (provisions: Provisions) => Promise<T>,
): Promise<T> {
  const { reconnectWaitMs, commandTimeoutMs, replicas } = config.bus;
  const bus = await BusConnection.open({ url: system.natsUrl, name: 'torture', reconnectWaitMs });
  const commands = new RoomCommands(bus, commandTimeoutMs);
  try {
    const clients = options.plan.clients + (options.stalled ?? 0);
    const wanted = { clients, rooms: options.plan.rooms };
    const provisions = await provision(wanted, {
      ...{ bus, replicas },
      createRoom: async (id, name) => (await commands.create(id, name)).ok,
      removeRoom: (id) => commands.remove(id),
    });
    try {
      return await work(provisions);
    } finally {
      // Its own system goes as a whole.
      if (options.url !== null) await provisions.remove();
    }
  } finally {
    commands.stop();
    await bus.close();
  }
}
