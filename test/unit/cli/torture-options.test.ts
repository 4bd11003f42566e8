import { describe, expect, it } from 'vitest';
import { readTortureOptions } from '../../../src/cli/torture-options.ts';

describe('the options of torture', () => {
  it('spread the messages over the seeds', () => {
    const { seeds, plan } = readTortureOptions([
      '--seed',
      '5',
      '--seeds',
      '3',
      '--messages',
      '100',
    ]);
    expect(seeds).toEqual([5, 6, 7]);
    expect(plan).toMatchObject({ messages: 34, durationMs: 60_000 });
  });

  it('have every fault, but only cuts for a system of others', () => {
    expect(readTortureOptions([]).plan.faults).toContain('kill-nats');
    expect(readTortureOptions(['--url', '127.0.0.1:9339']).plan.faults).toEqual(['cut']);
  });

  it.each([
    ['chat.example:9339', [{ host: 'chat.example', port: 9339 }]],
    ['ws://127.0.0.1:1/', [{ host: '127.0.0.1', port: 1 }]],
    [
      '[::1]:1, b:2',
      [
        { host: '::1', port: 1 },
        { host: 'b', port: 2 },
      ],
    ],
  ])('take the address %s', (url, endpoints) => {
    expect(readTortureOptions(['--url', url]).url).toEqual(endpoints);
  });
});
