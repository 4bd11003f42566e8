import { describeDurability } from '../bus/embedded/server-config.ts';
import { readRetention } from '../bus/log-retention.ts';
import { loadConfig } from '../config/load.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, parsing } from './command.ts';
import { keepsText } from './keeps-text.ts';
import { requiredNatsUrl } from './nats-url.ts';
import { isDemo } from './options.ts';
import { connectBus, startAdmin, startCore } from './parts.ts';
import { Service } from './service.ts';
import { ownVersion } from './version.ts';

export const core: Command = {
  help: `usage: xmlsocket-relay core [--config FILE]

Runs a chat-core on the NATS at RELAY_NATS_URL, and waits for that if it is not there yet. Any number
may run. Its admin port is 9341 unless one is configured.

${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 0 },
    );
    const service = new Service(loadConfig(io.env, values.config), 'core');
    return service.run(() => start(service));
  },
};

// A relay on the same machine has the configured default.
const OWN_ADMIN_PORT = 9341;

async function start(service: Service): Promise<void> {
  const { config, given } = service;
  const natsUrl = requiredNatsUrl(config);
  isDemo(config);
  const wantedPort = given.has('adminPort') ? config.adminPort : OWN_ADMIN_PORT;
  const adminPort = await startAdmin(service, wantedPort);
  const bus = await connectBus(service, natsUrl);
  await startCore(service, bus);
  const durability = describeDurability({
    version: bus.serverVersion,
    syncIntervalMs: config.bus.syncIntervalMs,
    replicas: config.bus.replicas,
    external: true,
  });
  const retention = keepsText((await readRetention(bus)).keeps);
  const { adminHost } = config;
  service.ready({ version: ownVersion(), adminHost, adminPort, durability, retention });
}
