import { describeDurability } from '../bus/embedded/server-config.ts';
import { loadConfig } from '../config/load.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, parsing } from './command.ts';
import { requiredNatsUrl } from './nats-url.ts';
import { openOperatorPages } from './operator-pages.ts';
import { isDemo } from './options.ts';
import { connectBus, startAdmin } from './parts.ts';
import { Service } from './service.ts';
import { startRelay } from './start-relay.ts';
import { ownVersion } from './version.ts';

export const relay: Command = {
  help: `usage: xmlsocket-relay relay [--config FILE]

Runs a relay on the NATS at RELAY_NATS_URL, and waits for that if it is not there yet. Any number may
run, each with ports of its own. Somewhere at least one chat-core must run.

${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 0 },
    );
    const service = new Service(loadConfig(io.env, values.config), 'relay');
    return service.run(() => start(service));
  },
};

async function start(service: Service): Promise<void> {
  const { config } = service;
  const natsUrl = requiredNatsUrl(config);
  // A relay makes no demo accounts, but must not open those of a chat-core to the world either.
  isDemo(config);
  const adminPort = await startAdmin(service, config.adminPort);
  const bus = await connectBus(service, natsUrl);
  const { port, policyPort } = await startRelay(service, bus);
  const { syncIntervalMs, replicas } = config.bus;
  const server = { version: bus.serverVersion, syncIntervalMs, replicas, external: true };
  openOperatorPages(service, bus, describeDurability(server));
  const { host, adminHost } = config;
  service.ready({ version: ownVersion(), host, port, policyPort, adminHost, adminPort });
}
