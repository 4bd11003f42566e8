import { describeDurability } from '../bus/embedded/server-config.ts';
import { readRetention } from '../bus/log-retention.ts';
import { loadConfig } from '../config/load.ts';
import { announcement } from './announcement.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, type Io, parsing } from './command.ts';
import { startEmbedded } from './embedded.ts';
import { keepsText } from './keeps-text.ts';
import { hasPages, openOperatorPages } from './operator-pages.ts';
import { isDemo } from './options.ts';
import { connectBus, startAdmin, startCore } from './parts.ts';
import { Service } from './service.ts';
import { startRelay } from './start-relay.ts';
import { ownVersion } from './version.ts';

export const up: Command = {
  help: `usage: xmlsocket-relay up [--config FILE]

Runs everything in one process and stays in the foreground: a nats-server of its own with the log in
the data folder (none with RELAY_NATS_URL), a chat-core and a relay. It prints the addresses to open,
then a JSON line with "msg":"ready" when clients can connect. Ctrl-C stops it; a second Ctrl-C at once.

${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 0 },
    );
    const service = new Service(loadConfig(io.env, values.config), 'up');
    return service.run(() => start(service, io));
  },
};

async function start(service: Service, io: Io): Promise<void> {
  const { config } = service;
  const demo = isDemo(config);
  const embedded = config.natsUrl === null ? await startEmbedded(service, io.env) : null;
  const natsUrl = embedded?.url ?? config.natsUrl ?? '';
  const adminPort = await startAdmin(service, config.adminPort);
  const bus = await connectBus(service, natsUrl);
  await startCore(service, bus);
  const { port, policyPort } = await startRelay(service, bus);
  const version = ownVersion();
  await embedded?.folder.publish({ natsUrl, port, adminPort, version });
  const durability = describeDurability({
    version: bus.serverVersion,
    syncIntervalMs: config.bus.syncIntervalMs,
    replicas: config.bus.replicas,
    external: embedded === null,
  });
  openOperatorPages(service, bus, durability);
  const { keeps } = await readRetention(bus);
  const retention = keepsText(keeps);
  const dataDir = embedded?.folder.path ?? null;
  const told = { version, ...config, port, policyPort, adminPort, natsUrl, dataDir };
  await io.print(announcement({ ...told, demo, durability, retention, pages: hasPages(config) }));
  const { host, adminHost } = config;
  const shownUrl = natsUrl.replace(/\/\/[^@/]*@/g, '//');
  service.ready({
    ...{ version, host, port, policyPort, adminHost, adminPort, natsUrl: shownUrl, dataDir, demo },
    ...{ durability, retention },
  });
}
