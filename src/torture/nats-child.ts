import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NatsServerProgram } from '../bus/embedded/find-nats-server.ts';
import { serverConfig } from '../bus/embedded/server-config.ts';
import { spawnTied, type Tie } from '../bus/embedded/tied-child.ts';
import { Child } from './child.ts';

export interface NatsChild {
  readonly child: Child;
  /** With its password; the same after each start. Only once it was started. */
  readonly url: () => string;
}

export interface NatsChildOptions {
  readonly program: NatsServerProgram;
  /** Its own; the store is in it. */
  readonly folder: string;
  readonly syncIntervalMs: number;
  readonly tie: Tie;
}

/** A nats-server as `up` runs it, but one that stays down when it is killed. */
export function natsChild({ program, folder, syncIntervalMs, tie }: NatsChildOptions): NatsChild {
  const password = randomBytes(24).toString('hex');
  const file = join(folder, 'nats-server.conf');
  const log = join(folder, 'nats-server.log');
  let port = -1;
  const child = new Child({
    name: 'nats-server',
    launch: async () => {
      const config = serverConfig({
        ...{ version: program.version, port, user: USER, password, folder, syncIntervalMs },
        pidFile: join(folder, 'nats-server.pid'),
        logFile: log,
      });
      await writeFile(file, config, { mode: 0o600 });
      const launched = spawnTied(program.path, ['-c', file], tie);
      launched.stderr?.resume();
      return launched;
    },
    lastWords: () => `see ${log}`,
    whenReady: async ({ pid }) => {
      port = await portIn(join(folder, `nats-server_${pid}.ports`));
    },
  });
  return { child, url: () => `nats://${USER}:${password}@127.0.0.1:${port}` };
}

const USER = 'torture';

async function portIn(file: string): Promise<number> {
  for (;;) {
    const written = await readFile(file, 'utf8').catch(() => '');
    const port = /"nats:\/\/127\.0\.0\.1:(\d+)"/.exec(written)?.[1];
    if (port !== undefined) return Number(port);
    await pause(POLL_MS);
  }
}

const POLL_MS = 5;
