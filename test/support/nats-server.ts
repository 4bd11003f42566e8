import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findNatsServer } from '../../src/bus/embedded/find-nats-server.ts';
import { availableTie, spawnTied } from '../../src/bus/embedded/tied-child.ts';

export interface NatsServerSettings {
  /** One node of a cluster; see `startNatsCluster`. */
  readonly cluster?: {
    readonly node: string;
    readonly routePort: number;
    readonly routePorts: readonly number[];
  };
  /** False: a server without JetStream. */
  readonly jetstream?: boolean;
  /** More lines of the server's configuration. */
  readonly config?: string;
}

export interface TestNatsServer {
  /** The same after a restart. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** Sends a signal; resolves when the process is gone, unless the signal only pauses it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and store; stops it first if it runs. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts a nats-server with JetStream in files, in a folder of its own, on a port of its own. Resolves
 * when it accepts connections. The caller stops it; it ends with the test process in any case.
 */
export async function startNatsServer(settings: NatsServerSettings = {}): Promise<TestNatsServer> {
  const binary = process.env['RELAY_NATS_SERVER_BINARY'] ?? null;
  const program = await findNatsServer({ configured: binary, env: process.env });
  const folder = await mkdtemp(join(tmpdir(), 'relay-test-nats-'));
  const tie = availableTie(process.env);
  let port = -1;
  let child: ChildProcess;

  const start = async () => {
    await writeFile(join(folder, 'server.conf'), configuration(folder, port, settings));
    child = spawnTied(program.path, ['-c', join(folder, 'server.conf')], tie);
    port = await listeningPort(folder, child);
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  };

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    restart: async () => {
      await kill('SIGTERM');
      await start();
    },
    stop: async () => {
      await kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface TestNatsCluster {
  /** All nodes, separated by commas. */
  readonly url: string;
  readonly nodes: readonly TestNatsServer[];
  stop(): Promise<void>;
}

/** Starts a cluster on loopback. JetStream needs some five seconds more until it has a leader. */
export async function startNatsCluster(size = 3): Promise<TestNatsCluster> {
  const routePorts = await Promise.all(Array.from({ length: size }, () => freePort()));
  const nodes = await Promise.all(
    routePorts.map((routePort, index) =>
      startNatsServer({ cluster: { node: `n${index}`, routePort, routePorts } }),
    ),
  );
  return {
    url: nodes.map(({ url }) => url).join(','),
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

function configuration(folder: string, port: number, settings: NatsServerSettings): string {
  const { cluster, jetstream = true, config = '' } = settings;
  const routes = cluster?.routePorts.map((routePort) => `nats://127.0.0.1:${routePort}`) ?? [];
  const clusterLines =
    cluster === undefined
      ? []
      : [
          `server_name: ${cluster.node}`,
          `cluster { name: test, listen: "127.0.0.1:${cluster.routePort}", routes: ${JSON.stringify(routes)} }`,
        ];
  return [
    `listen: "127.0.0.1:${port}"`,
    `ports_file_dir: ${JSON.stringify(folder)}`,
    ...(jetstream
      ? [`jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))}, max_file_store: 4GB }`]
      : []),
    `log_file: ${JSON.stringify(join(folder, 'server.log'))}`,
    ...clusterLines,
    config,
  ].join('\n');
}

async function listeningPort(folder: string, child: ChildProcess): Promise<number> {
  const file = `nats-server_${child.pid}.ports`;
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !hasEnded(child)) {
    if ((await readdir(folder)).includes(file)) {
      const url = /"nats:\/\/127\.0\.0\.1:(\d+)"/.exec(await readFile(join(folder, file), 'utf8'));
      if (url !== null) return Number(url[1]);
    }
    await pause(3);
  }
  child.kill('SIGKILL');
  const log = await readFile(join(folder, 'server.log'), 'utf8').catch(() => 'no log');
  throw new Error(`nats-server did not start:\n${log}`);
}

const START_TIMEOUT_MS = 10_000;

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
