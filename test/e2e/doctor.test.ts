import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectToBusOf, runProgram, startProgram, temporaryFolder } from '../support/system.ts';

type Finding = { check: string; status: string; message: string; advice: string | null };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await temporaryFolder();
  const ports = { RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' };
  env = { RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', ...ports };
});

afterAll(() => folder.remove());

async function doctor(more: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runProgram(['doctor', '--json'], { ...env, ...more });
  expect(stderr).toBe('');
  const findings = stdout
    .trimEnd()
    .split('\n')
    .map((line): Finding => JSON.parse(line));
  const failed = findings.filter(({ status }) => status === 'fail').map(({ check }) => check);
  return { code, findings, failed };
}

describe('doctor', () => {
  it('finds nothing wrong with what npm start runs', async () => {
    const up = await startProgram(['up'], env);
    try {
      const { code, findings, failed } = await doctor();
      expect(failed, JSON.stringify(findings)).toEqual([]);
      expect(code).toBe(0);
      expect([...new Set(findings.map(({ check }) => check))]).toEqual([
        ...['config', 'nats', 'version', 'stream', 'durability', 'retention', 'clock'],
        ...['consumers', 'buckets', 'cores', 'relays', 'commands', 'disk', 'ports'],
      ]);
      const said = (name: string) => findings.find(({ check }) => check === name)?.message;
      expect(said('clock')).toBe('this machine and NATS have the same time');
      expect(said('retention')).toBe('the log keeps everything');
      expect(said('relays')).toMatch(/^1 alive: relay-/);
      expect(said('commands')).toMatch(/2 rooms$/);
      expect(said('ports')).toMatch(/ready$/);
      // It left nothing behind.
      const nc = await connectToBusOf(folder.path);
      const manager = await nc.jetstreamManager();
      expect((await manager.streams.info('CHATLOG')).state.consumer_count).toBe(0);
      await nc.close();
      const { code: again, stdout } = await runProgram(['doctor'], env);
      expect(again).toBe(0);
      expect(stdout).toMatch(/^ok {4}stream {6}CHATLOG is as it must be: \d+ messages, /m);
      expect(stdout).toMatch(/\n\d+ checks: \d+ ok, \d+ to look at, 0 failed\n$/);
    } finally {
      await up.stop();
    }
  });

  it('says that nothing runs, and whether it could', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const taken = typeof address === 'object' ? String(address?.port) : '';
    const { code, findings, failed } = await doctor({ RELAY_ADMIN_PORT: taken });
    expect(code).toBe(1);
    expect(failed).toEqual(['nats', 'ports']);
    expect(findings.find(({ message }) => message.includes(taken))?.message).toMatch(/is in use/);
    other.close();
  });

  it('says that no NATS answers', async () => {
    const { code, failed } = await doctor({ RELAY_NATS_URL: 'nats://127.0.0.1:1' });
    expect({ code, failed }).toEqual({ code: 1, failed: ['nats'] });
  });
});
