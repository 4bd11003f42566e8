import { type DataFolder, lockDataFolder } from '../bus/embedded/data-folder.ts';
import { EmbeddedServer } from '../bus/embedded/embedded-server.ts';
import { findNatsServer } from '../bus/embedded/find-nats-server.ts';
import { availableTie } from '../bus/embedded/tied-child.ts';
import type { Service } from './service.ts';

export interface Embedded {
  readonly url: string;
  readonly folder: DataFolder;
}

/** Takes the data folder and starts a nats-server of our own in it; one that cannot be kept up ends the service. */
export async function startEmbedded(service: Service, env: NodeJS.ProcessEnv): Promise<Embedded> {
  const { config, log, metrics } = service;
  const folder = await lockDataFolder(config.dataDir);
  service.onStop('data folder', () => folder.release());
  const program = await findNatsServer({
    configured: config.natsServerBinary,
    env,
    onFetch: () => log.info("no nats-server here, fetching the distribution's package"),
  });
  const server = await EmbeddedServer.start(
    {
      program,
      folder: folder.path,
      syncIntervalMs: config.bus.syncIntervalMs,
      tie: availableTie(env),
    },
    {
      onDied: (how, retryMs) => {
        metrics.bus.serverDeaths.inc();
        log.error({ how, retryMs }, 'nats-server is down');
      },
      onRestarted: () => log.info('nats-server is up again'),
      onGaveUp: (error) => service.fail(error.message),
    },
  );
  service.onStop('nats-server', () => server.stop());
  const { version, path } = program;
  log.info({ version, path, natsPid: server.pid }, 'nats-server is up');
  return { url: server.url, folder };
}
