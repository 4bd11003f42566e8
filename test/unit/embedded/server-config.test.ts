import { describe, expect, it } from 'vitest';
import { describeDurability, serverConfig } from '../../../src/bus/embedded/server-config.ts';

const CONFIG = {
  ...{ version: '2.10.0', port: -1, user: 'relay', password: 'abc', folder: '/d "x"' },
  ...{ pidFile: '/d/pid', logFile: '/d/log', syncIntervalMs: 1500 },
} as const;

describe('the configuration of the embedded nats-server', () => {
  it('listens on loopback, asks for the password and quotes paths', () => {
    expect(serverConfig(CONFIG)).toContain('listen: "127.0.0.1:-1"');
    expect(serverConfig(CONFIG)).toContain('user: "relay", password: "abc"');
    expect(serverConfig(CONFIG)).toContain('store_dir: "/d \\"x\\""');
  });

  it('sets how often it flushes only where the server knows that setting', () => {
    expect(serverConfig(CONFIG)).toContain('sync_interval: "1500ms"');
    expect(serverConfig({ ...CONFIG, version: '2.9.25' })).not.toContain('sync_interval');
  });
});

describe('what is said on durability', () => {
  it.each([
    [
      { version: '2.9.10', syncIntervalMs: 1000, replicas: 1, external: false },
      'embedded nats-server 2.9.10: every message is handed to the operating system before it is acknowledged, flushed to disk every 2 min (this version has no setting), 1 replica',
    ],
    [
      { version: '2.10.27', syncIntervalMs: 1000, replicas: 1, external: false },
      'embedded nats-server 2.10.27: every message is handed to the operating system before it is acknowledged, flushed to disk every 1 s, 1 replica',
    ],
    [
      { version: '2.12.1', syncIntervalMs: 1000, replicas: 3, external: true },
      'NATS 2.12.1: how often it flushes to disk is its own setting (sync_interval), 3 replicas',
    ],
  ])('%o', (server, sentence) => {
    expect(describeDurability(server)).toBe(sentence);
  });
});
