import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DataFolder,
  lockDataFolder,
  readRuntime,
} from '../../src/bus/embedded/data-folder.ts';
import { EmbeddedServer } from '../../src/bus/embedded/embedded-server.ts';
import { findNatsServer } from '../../src/bus/embedded/find-nats-server.ts';
import { endsWithin } from '../../src/bus/embedded/processes.ts';
import { availableTie, type Tie } from '../../src/bus/embedded/tied-child.ts';

const PARENT = fileURLToPath(new URL('../support/embedded-parent.ts', import.meta.url));
const BEST_TIE = availableTie(process.env);
const TIES: readonly Tie[] = BEST_TIE === 'kernel' ? ['kernel', 'watchdog'] : ['watchdog'];

let folder: string;
const endings: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-test-data-'));
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('the embedded nats-server', () => {
  it('stores, and comes back on the same port with the same store when it is killed', async () => {
    const { server, died, restarted } = await startServer();
    const nc = await connect({ ...credentials(server.url), maxReconnectAttempts: -1 });
    endings.push(() => nc.close());
    const manager = await nc.jetstreamManager();
    await manager.streams.add({ name: 'KEPT', subjects: ['kept'] });
    await nc.jetstream().publish('kept', 'first');
    const urlBefore = server.url;
    const pidBefore = server.pid ?? 0;

    process.kill(pidBefore, 'SIGKILL');
    expect(await died).toContain('SIGKILL');
    await restarted;

    expect(server.url).toBe(urlBefore);
    expect(server.pid).not.toBe(pidBefore);
    const again = await connect(credentials(server.url));
    endings.push(() => again.close());
    const info = await (await again.jetstreamManager()).streams.info('KEPT');
    expect(info.state.messages).toBe(1);
  });

  it('lets nobody in without the password, which stands only in a private file', async () => {
    const { server } = await startServer();
    const servers = credentials(server.url).servers;
    await expect(connect({ servers })).rejects.toThrow(/authorization/i);
    const { mode } = await stat(join(folder, 'nats-server.conf'));
    expect(mode & 0o077).toBe(0);
  });

  it('stops for good', async () => {
    const { server } = await startServer();
    const pid = server.pid ?? 0;
    await server.stop();
    expect(await endsWithin(pid, 0)).toBe(true);
    expect(server.pid).toBeNull();
  });

  it('says why it does not start', async () => {
    await writeFile(join(folder, 'jetstream'), 'a file where a folder must be');
    await expect(startServer()).rejects.toThrow(/nats-server does not start: .*storage/i);
  });

  it('gives up after five starts that failed', { timeout: 60_000 }, async () => {
    const broken = join(folder, 'server');
    await writeFile(broken, '#!/bin/sh\nexec "$REAL_SERVER" "$@"\n');
    await chmod(broken, 0o755);
    const real = await findNatsServer({ configured: null, env: process.env });
    process.env['REAL_SERVER'] = real.path;
    const { server, gaveUp } = await startServer(broken);
    await writeFile(broken, '#!/bin/sh\nexit 3\n');
    process.kill(server.pid ?? 0, 'SIGKILL');
    expect(await gaveUp).toMatch(/cannot be started again/);
  });
});

describe('a killed parent', () => {
  it.each(TIES)('takes the server with it (%s), and the folder can be used again', async (tie) => {
    const { parent, serverPid } = await startParent(tie);
    await expect(lockDataFolder(folder)).rejects.toThrow(`in use by process ${parent.pid}`);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(await endsWithin(serverPid, 5000)).toBe(true);
    const { server } = await startServer();
    const nc = await connect(credentials(server.url));
    await nc.close();
  });

  it('whose server goes on does not keep the folder', async () => {
    const { parent, serverPid } = await startParent('kernel');
    process.kill(serverPid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const held = await lockDataFolder(folder);
    endings.push(() => held.release());
    expect(await endsWithin(serverPid, 0)).toBe(true);
  });
});

describe('a data folder', () => {
  it('belongs to one process, which is named to others', async () => {
    const held = await lockDataFolder(folder);
    await expect(lockDataFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    await held.release();
    const again = await lockDataFolder(folder);
    await again.release();
  });

  it('is not held by a stranger who got the process id of a dead one', async () => {
    const lock = JSON.stringify({ pid: process.pid, start: 'another time' });
    await writeFile(join(folder, 'lock.7'), lock);
    const held = await lockDataFolder(folder);
    await held.release();
  });

  it('goes to one of many that find it stale at once', async () => {
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    await writeFile(join(folder, 'lock.3'), JSON.stringify({ pid: ended.pid, start: '1' }));
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockDataFolder(folder)),
    );
    const held = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]?.value.release();
  });

  it('tells others where the system is, while it runs', async () => {
    const what = { natsUrl: 'nats://x:y@127.0.0.1:1', port: 1, adminPort: 2, version: '0' };
    expect(await readRuntime(folder)).toBeNull();
    const held = await lockDataFolder(folder);
    expect(await readRuntime(folder)).toBeNull();
    await held.publish(what);
    expect(await readRuntime(folder)).toEqual({ pid: process.pid, ...what });
    expect((await stat(join(folder, 'runtime.json'))).mode & 0o077).toBe(0);
    await held.release();
    expect(existsSync(join(folder, 'runtime.json'))).toBe(false);
    expect(await readRuntime(folder)).toBeNull();
  });
});

async function startServer(configured: string | null = null) {
  const found = await findNatsServer({ configured, env: process.env });
  const held: DataFolder = await lockDataFolder(folder);
  endings.push(() => held.release());
  const happened = new EventEmitter();
  const first = async (what: string) => String((await once(happened, what))[0]);
  const told = { died: first('died'), restarted: first('restarted'), gaveUp: first('gaveUp') };
  const server = await EmbeddedServer.start(
    { program: found, folder: held.path, syncIntervalMs: 1000, tie: BEST_TIE },
    {
      onDied: (how) => happened.emit('died', how),
      onRestarted: () => happened.emit('restarted'),
      onGaveUp: (error) => happened.emit('gaveUp', error.message),
    },
  );
  endings.push(() => server.stop());
  return { server, ...told };
}

async function startParent(tie: Tie): Promise<{ parent: ChildProcess; serverPid: number }> {
  const parent = spawn(process.execPath, ['--import', 'tsx', PARENT, folder, tie], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endings.push(async () => parent.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const { serverPid } = JSON.parse(String(line)) as { serverPid: number };
  return { parent, serverPid };
}

function credentials(url: string) {
  const { host, username, password } = new URL(url);
  return { servers: host, user: username, pass: password };
}
