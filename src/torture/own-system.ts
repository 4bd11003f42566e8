import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../bus/embedded/find-nats-server.ts';
import { availableTie } from '../bus/embedded/tied-child.ts';
import type { Child } from './child.ts';
import type { Endpoint } from './client.ts';
import { natsChild } from './nats-child.ts';
import { type OwnProgram, type ProgramChild, programChild } from './program-child.ts';
import type { System } from './system.ts';

export interface OwnSystemOptions {
  readonly relays: number;
  readonly cores: number;
  readonly program: OwnProgram;
  readonly configFile: string | null;
  readonly natsServerBinary: string | null;
  readonly syncIntervalMs: number;
  /** Where data and logs stay; null: in a temporary folder, which is removed. */
  readonly keepIn: string | null;
}

/**
 * Starts a whole system of processes of its own, on free ports of loopback: a nats-server, chat-cores and
 * relays. Rejects with `TortureError` or `EmbeddedError`; nothing is left running then.
 */
export async function startOwnSystem(options: OwnSystemOptions): Promise<System> {
  const { keepIn, program, natsServerBinary } = options;
  const folder = keepIn ?? (await mkdtemp(join(tmpdir(), 'xmlsocket-relay-torture-')));
  await mkdir(folder, { recursive: true });
  const found = await findNatsServer({ configured: natsServerBinary, env: program.env });
  const tie = availableTie(program.env);
  const { syncIntervalMs } = options;
  const nats = natsChild({ program: found, folder, syncIntervalMs, tie });
  const all: Child[] = [nats.child];
  const stop = async () => {
    await Promise.all(all.map((child) => child.kill()));
    if (keepIn === null) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await nats.child.start();
    const env = childEnvironment(program.env, nats.url());
    const common = { folder, program: { ...program, env }, tie };
    const config = options.configFile === null ? [] : ['--config', options.configFile];
    const several = (kind: 'relay' | 'core', count: number) =>
      Array.from({ length: count }, (_, index) =>
        programChild({ ...common, name: `${kind}-${index}`, command: [kind, ...config] }),
      );
    const [cores, relays] = [several('core', options.cores), several('relay', options.relays)];
    const children = [...cores, ...relays].map(({ child }) => child);
    all.push(...children);
    await Promise.all(children.map((child) => child.start()));
    return {
      natsUrl: nats.url(),
      endpoints: () => endpointsOf(relays, 'port'),
      admins: () => endpointsOf(relays, 'adminPort'),
      children: { relay: childrenOf(relays), core: childrenOf(cores), nats: [nats.child] },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const HOST = '127.0.0.1';

// Limits are not what is examined: all clients come from one address, and on a busy machine one of them may
// be away for long.
function childEnvironment(env: NodeJS.ProcessEnv, natsUrl: string): NodeJS.ProcessEnv {
  return {
    ...env,
    RELAY_NATS_URL: natsUrl,
    RELAY_HOST: HOST,
    RELAY_PORT: '0',
    RELAY_ADMIN_HOST: HOST,
    RELAY_ADMIN_PORT: '0',
    RELAY_POLICY_PORT: '',
    RELAY_DEMO: '0',
    RELAY_RATE_LIMITS: 'off',
    RELAY_LIMITS_CATCH_UP_MAX: '10000',
    RELAY_LIMITS_RESUME_MAX: '10000',
  };
}

function endpointsOf(relays: readonly ProgramChild[], which: 'port' | 'adminPort'): Endpoint[] {
  return relays.map(({ ready }) => ({ host: HOST, port: ready()?.[which] ?? 0 }));
}

function childrenOf(programs: readonly ProgramChild[]): Child[] {
  return programs.map(({ child }) => child);
}
