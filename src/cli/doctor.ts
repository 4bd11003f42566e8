import { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { type Runtime, readRuntime } from '../bus/embedded/data-folder.ts';
import { describeDurability } from '../bus/embedded/server-config.ts';
import { survey } from '../bus/survey.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { BUCKET_NAMES } from '../core/bucket-names.ts';
import { busLogin } from './bus-login.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, parsing } from './command.ts';
import { checkLife } from './doctor/check-life.ts';
import { checkDisk, checkFree, checkReady } from './doctor/check-machine.ts';
import { checkNats } from './doctor/check-nats.ts';
import { asText, type Finding, fail, ok, summaryOf, warn } from './doctor/finding.ts';
import { logOptions } from './options.ts';

export const doctor: Command = {
  help: `usage: xmlsocket-relay doctor [--json]

Looks at the running system and at this machine: the version of nats-server and its known defects, the
settings of the log, how durable it is and how long it keeps, the clocks, the buckets, consumers left
behind, which relays and chat-cores live, disk space and ports. It changes nothing. Each check is ok,
warn or fail, with what to do. Exit code 1 when one fails.

  --json             prints JSON Lines, one for each check
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 0 },
    );
    const { config, unknownVariables } = loadConfig(io.env, values.config);
    const findings: Finding[] = [];
    const tell = async (some: readonly Finding[]) => {
      findings.push(...some);
      const lines = some.map((one) => (values.json ? `${JSON.stringify(one)}\n` : asText(one)));
      await io.print(lines.join(''));
    };
    const runtime = config.natsUrl === null ? await readRuntime(config.dataDir) : null;
    await tell(checkConfiguration(unknownVariables));
    await tell(await checkBus(config, runtime));
    await tell(await checkMachine(config, runtime));
    if (!values.json) await io.print(summaryOf(findings));
    return findings.some(({ status }) => status === 'fail') ? 1 : 0;
  },
};

function checkConfiguration(unknownVariables: readonly string[]): Finding[] {
  if (unknownVariables.length === 0) return [ok('config', 'the configuration is in order')];
  const names = unknownVariables.join(', ');
  return [warn('config', `these variables name no key: ${names}`, 'correct or remove them')];
}

async function checkBus(config: Config, runtime: Runtime | null): Promise<Finding[]> {
  const url = config.natsUrl ?? runtime?.natsUrl;
  if (url === undefined) {
    const message = `nothing runs on data folder ${config.dataDir} and RELAY_NATS_URL is not set`;
    return [fail('nats', message, 'start it, or set RELAY_DATA_DIR or RELAY_NATS_URL')];
  }
  const { reconnectWaitMs } = config.bus;
  let bus: BusConnection | null = null;
  try {
    const name = 'xmlsocket-relay doctor';
    bus = await BusConnection.open({ url, ...busLogin(config), name, reconnectWaitMs });
    return [...(await checkLog(config, bus)), ...(await checkLife(bus, lifeOptions(config)))];
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return [fail('nats', error.message, 'start nats-server with -js, or correct RELAY_NATS_URL')];
  } finally {
    await bus?.close();
  }
}

async function checkLog(config: Config, bus: BusConnection): Promise<Finding[]> {
  const { replicas, syncIntervalMs } = config.bus;
  const log = logOptions(config);
  const found = await survey(bus, { log, buckets: BUCKET_NAMES, now: Date.now });
  const embedded = config.natsUrl === null;
  const { version } = found;
  const durability = describeDurability({ version, syncIntervalMs, replicas, external: !embedded });
  return checkNats(found, { replicas, embedded, durability });
}

function lifeOptions({ core, bus }: Config) {
  return { heartbeatMs: core.heartbeatMs, commandTimeoutMs: bus.commandTimeoutMs };
}

async function checkMachine(config: Config, runtime: Runtime | null): Promise<Finding[]> {
  const { host, port, adminHost, adminPort, policyPort, natsUrl, dataDir } = config;
  // With a NATS elsewhere nothing of ours needs to run on this machine, or everything may.
  if (natsUrl !== null) return [];
  const disk = await checkDisk(dataDir);
  if (runtime !== null) {
    return [disk, await checkReady({ key: 'adminPort', host: adminHost, port: runtime.adminPort })];
  }
  const policy = policyPort === null ? [] : [{ key: 'policyPort', host, port: policyPort }];
  const wanted = [
    { key: 'port', host, port },
    { key: 'adminPort', host: adminHost, port: adminPort },
  ];
  return [disk, ...(await Promise.all([...wanted, ...policy].map(checkFree)))];
}
