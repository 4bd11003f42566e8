import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WriteTurn } from '../../../src/bus/write-turn.ts';

it('holds back what is written until the turn ends, once', async () => {
  const calls: string[] = [];
  const stream = { cork: () => calls.push('cork'), uncork: () => calls.push('uncork') };
  const writing = new WriteTurn(() => stream);
  writing.begin();
  await Promise.resolve();
  writing.begin();
  expect(calls).toEqual(['cork']);
  await turn();
  expect(calls).toEqual(['cork', 'uncork']);
  writing.begin();
  await turn();
  expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork']);
});

it('lets go of the stream that it held, whatever the stream is by then', async () => {
  const calls: string[] = [];
  const named = (name: string) => ({
    cork: () => calls.push(`cork ${name}`),
    uncork: () => calls.push(`uncork ${name}`),
  });
  let stream = named('first');
  const writing = new WriteTurn(() => stream);
  writing.begin();
  stream = named('second');
  await turn();
  expect(calls).toEqual(['cork first', 'uncork first']);
});

it('does nothing where it does not know the stream', async () => {
  const writing = new WriteTurn(() => null);
  expect(() => writing.begin()).not.toThrow();
  await turn();
});
