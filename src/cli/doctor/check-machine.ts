import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { listenOn } from '../../transports/listen.ts';
import { bytesText } from '../amounts.ts';
import { hostAndPort } from '../options.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether there is room for more in the data folder, or where it would be made. */
export async function checkDisk(folder: string): Promise<Finding> {
  const path = resolve(folder);
  const place = await existing(path);
  const { bavail, blocks, bsize } = await statfs(place);
  const [free, all] = [bavail * bsize, blocks * bsize];
  const message = `${bytesText(free)} of ${bytesText(all)} free where ${path} is`;
  const advice = 'make room: when the disk is full nothing is stored and everybody gets TRY_AGAIN';
  if (free < DISK_FAIL_BYTES) return fail('disk', message, advice);
  if (free < DISK_WARN_BYTES) return warn('disk', message, advice);
  return ok('disk', message);
}

const DISK_FAIL_BYTES = 100 * 1024 ** 2;
const DISK_WARN_BYTES = 1024 ** 3;

async function existing(path: string): Promise<string> {
  for (let place = path; ; place = dirname(place)) {
    const isThere = await statfs(place).then(
      () => true,
      () => false,
    );
    if (isThere || place === dirname(place)) return place;
  }
}

export interface WantedPort {
  readonly key: string;
  readonly host: string;
  readonly port: number;
}

/** Whether a port of the configuration is free when nothing of ours is to be running. */
export async function checkFree({ key, host, port }: WantedPort): Promise<Finding> {
  const where = `${hostAndPort(host, port)} (${key})`;
  if (port === 0) return ok('ports', `${key} is any free port`);
  const server = createServer();
  try {
    await listenOn(server, host, port, key);
    server.close();
    return ok('ports', `${where} is free`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail('ports', message, `stop who listens there, or set ${key} to another port`);
  }
}

/** Whether the admin port of a running system says that it is ready. */
export async function checkReady({ host, port }: WantedPort): Promise<Finding> {
  const url = `http://${hostAndPort(host, port)}/readyz`;
  const answer = await readiness(url);
  if (answer === null) {
    return fail('ports', `${url} does not answer`, 'look into the log of the running system');
  }
  if (answer.ok) return ok('ports', `${url}: ready`);
  const problems = Object.entries(answer.checks).filter(([, state]) => state !== 'ok');
  const message = problems.map(([name, state]) => `${name} ${state}`).join(', ');
  return fail('ports', `${url}: ${message}`, 'look into the log of the running system');
}

const report = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });

async function readiness(url: string): Promise<z.infer<typeof report> | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    return report.parse(await answer.json());
  } catch {
    // Refused, silent or somebody else: none of them is ours.
    return null;
  }
}

const READY_TIMEOUT_MS = 5000;
