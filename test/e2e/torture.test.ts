import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, startProgram, temporaryFolder } from '../support/system.ts';

// A minute of faults, and what a busy machine makes of it.
const LONG_MS = 600_000;

function linesOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('torture on a system of its own', () => {
  it('finds nothing lost, doubled or out of order with every fault', {
    timeout: LONG_MS,
  }, async () => {
    const args = ['--faults', 'all', '--seed', '1', '--duration', '45', '--messages', '700'];
    const { code, stdout, stderr } = await runProgram(['torture', ...args, '--json'], {});
    const lines = linesOf(stdout);
    const problems = lines.filter(({ type }) => type === 'problem');
    expect({ code, problems: problems.slice(0, 10) }, stderr).toEqual({ code: 0, problems: [] });
    const clients = lines.filter(({ type }) => type === 'client');
    expect(new Set(clients.map(({ wire }) => wire))).toEqual(new Set(['xml', 'web']));
    expect(lines.at(-1)).toMatchObject({ type: 'verdict', passed: true, missing: 0, doubled: 0 });
    // What was planned and one thing more in each room.
    expect(lines.at(-1)).toMatchObject({ acknowledged: 702 });
  });
});

describe('torture of a system that runs', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let up: Awaited<ReturnType<typeof startProgram>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    up = await startProgram(['up'], {
      ...{ RELAY_DATA_DIR: folder.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_DEMO: '0' },
      RELAY_RATE_LIMITS: 'off',
    });
  });

  afterAll(async () => {
    await up.stop();
    await folder.remove();
  });

  it('cuts connections, and leaves no account and no room behind', {
    timeout: LONG_MS,
  }, async () => {
    const args = ['--url', `127.0.0.1:${up.ready['port']}`, '--duration', '5', '--messages', '100'];
    const env = { RELAY_DATA_DIR: folder.path };
    const { code, stdout, stderr } = await runProgram(['torture', ...args], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^cut +\d/m);
    expect(stdout).toMatch(/\npassed: 102 acknowledged, 0 missing, 0 doubled, 0 out of order\n$/);
    for (const list of ['users', 'rooms']) {
      expect(await runProgram([list, 'list'], env)).toMatchObject({ code: 0, stdout: '' });
    }
  });
});
