import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './io.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-test-nats-config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('nats-config', () => {
  it('keeps secrets out of what it prints, in files of their owner', async () => {
    const own = join(folder, 'own');
    const first = await cli(['nats-config', own, '--nkey', 'core']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['core.nk', 'relay.password', 'integrator.password', 'bot.password']) {
      const secret = readFileSync(join(own, name), 'utf8').trim();
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(first.stdout).not.toContain(secret);
      expect(statSync(join(own, name)).mode & 0o077).toBe(0);
    }
  });

  it('keeps the secrets that are there', async () => {
    const kept = join(folder, 'kept');
    await cli(['nats-config', kept, '--nkey', 'relay']);
    const before = readFileSync(join(kept, 'bot.password'), 'utf8');
    const again = await cli([
      'nats-config',
      kept,
      '--nkey',
      'relay',
      '--bot',
      'bot',
      '--bot',
      'second',
    ]);
    expect(readFileSync(join(kept, 'bot.password'), 'utf8')).toBe(before);
    expect(again.stdout).toContain('user: "second"');
  });

  it('prints a whole configuration of a server when it is told where', async () => {
    const { stdout } = await cli([
      ...['nats-config', join(folder, 'own')],
      ...['--listen', '127.0.0.1:4222', '--store-dir', '/var/lib/nats'],
    ]);
    expect(stdout).toContain(
      'listen: "127.0.0.1:4222"\njetstream { store_dir: "/var/lib/nats" }\n',
    );
  });

  it.each([
    [['x', '--bot', 'a.b'], /cannot be a user/],
    [['x', '--bot', 'relay'], /two users called 'relay'/],
    [['x', '--nkey', 'nobody'], /no user 'nobody'/],
    [['x', '--listen', '127.0.0.1:4222'], /belong together/],
    [[], /something is missing/],
  ])('is refused with %j', async (args, message) => {
    const { code, stderr, stdout } = await cli(['nats-config', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('says which file holds no seed', async () => {
    const broken = join(folder, 'own');
    writeFileSync(join(broken, 'bot.nk'), 'SUnotaseed\n');
    const { code, stderr } = await cli(['nats-config', broken, '--nkey', 'bot']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/bot\.nk does not hold the seed of an nkey/);
  });
});

describe('consumers', () => {
  it.each([
    [['drop'], /there is no 'consumers drop'/],
    [['add'], /takes 1 argument/],
    [['add', 'a.b'], /cannot be a name/],
    [['add', 'a', '--room', 'x.y'], /no id of a room/],
    [['add', 'a', '--since', 'yesterday'], /--since must be a time/],
  ])('is refused with %j', async (args, message) => {
    const { code, stderr } = await cli(['consumers', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
