import { resolve } from 'node:path';
import { BusConnection } from '../bus/bus-connection.ts';
import { readRuntime } from '../bus/embedded/data-folder.ts';
import type { Config } from '../config/schema.ts';
import { busLogin } from './bus-login.ts';
import { CommandError } from './command.ts';

/**
 * Does some work on the running system: the NATS that is configured, else that of the `up` which holds
 * the data folder. Throws `CommandError` when there is none, `BusError` when it does not answer.
 */
export async function onSystem<T>(
  config: Config,
  work: (bus: BusConnection) => Promise<T>,
): Promise<T> {
  const url = await findNatsUrl(config);
  const name = 'xmlsocket-relay operator';
  const { reconnectWaitMs } = config.bus;
  const bus = await BusConnection.open({ url, ...busLogin(config), name, reconnectWaitMs });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}

/** The NATS of the running system, found as `onSystem` does. Throws `CommandError` when there is none. */
export async function findNatsUrl({ natsUrl, dataDir }: Config): Promise<string> {
  const url = natsUrl ?? (await readRuntime(dataDir))?.natsUrl;
  if (url !== undefined) return url;
  throw new CommandError(
    `no running system: RELAY_NATS_URL is not set and nothing runs on data folder ${resolve(dataDir)}`,
  );
}
