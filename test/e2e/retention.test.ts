import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

const MEBIBYTE = 1_048_576;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let env: Record<string, string>;
let up: Program;

beforeAll(async () => {
  folder = await temporaryFolder();
  env = {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
    ...{ RELAY_RATE_LIMITS: 'off', RELAY_CORE_SNAPSHOT_MAX_AGE_MS: '100' },
  };
  up = await startProgram(['up'], env);
});

afterAll(async () => {
  await up.stop();
  await folder.remove();
});

async function run(args: readonly string[], more: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runProgram(args, { ...env, ...more });
  expect(stderr).toBe('');
  return { code, lines: stdout.trimEnd().split('\n') };
}

async function retention(args: readonly string[], more: Record<string, string> = {}) {
  const { lines } = await run(['retention', '--json', ...args], more);
  return JSON.parse(lines.join(''));
}

describe('retention', () => {
  it('is of everything, and is changed by who says so', async () => {
    expect(up.ready).toMatchObject({ retention: 'everything' });
    expect(up.output()).toMatch(/^ {2}Kept {8}everything$/m);
    const limited = { RELAY_LOG_MAX_BYTES: String(MEBIBYTE) };
    expect(await retention([], limited)).toMatchObject({
      ...{ keeps: { maxBytes: null }, configured: { maxBytes: MEBIBYTE }, bytesTooMany: 0 },
    });
    const { lines } = await run(['doctor', '--json'], limited);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ check: 'retention', status: 'warn' }),
    );
  });

  it('drops the oldest events, and the rest is still proved to be whole', async () => {
    const web = await connectWeb(up.ready['port'] as number);
    await web.request({ type: 'login', user: 'ann', password: 'ann' });
    await web.request({ type: 'join', room: '2' });
    const text = 'x'.repeat(4000);
    for (let count = 0; count < 400; count += 1)
      await web.request({ type: 'say', room: '2', text });
    web.close();
    expect((await run(['verify'])).code).toBe(0);

    const limited = { RELAY_LOG_MAX_BYTES: String(MEBIBYTE) };
    const before = await retention(['--apply'], limited);
    expect(before.bytesTooMany).toBeGreaterThan(400_000);
    const after = await retention([], limited);
    expect(after).toMatchObject({ keeps: { maxBytes: MEBIBYTE }, bytesTooMany: 0 });
    expect(after.messages).toBeLessThan(before.messages);

    const { code, lines } = await run(['verify', '--json']);
    const [lobby, loud] = lines.map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lobby).toMatchObject({ room: '1', events: 1, dropped: 1, problems: 0 });
    expect(loud).toMatchObject({ room: '2', problems: 0 });
    expect(loud.dropped).toBeGreaterThan(100);
    expect(await run(['rooms', 'list'])).toMatchObject({
      lines: ['1\tLobby 1', '2\tGeneral Chat'],
    });
    expect((await run(['doctor', '--json'], limited)).code).toBe(0);
  }, 240_000);

  it('leaves the rooms as they were after a restart', async () => {
    await up.stop();
    up = await startProgram(['up'], env);
    expect(up.ready).toMatchObject({ retention: 'at most 1.0 MiB' });
    const web = await connectWeb(up.ready['port'] as number);
    await web.request({ type: 'login', user: 'ann', password: 'ann' });
    expect(await web.request({ type: 'join', room: '1' })).toMatchObject({ name: 'Lobby 1' });
    expect(await web.request({ type: 'say', room: '1', text: 'on' })).toMatchObject({
      type: 'said',
    });
    web.close();
    expect((await run(['verify'])).code).toBe(0);
  });
});
