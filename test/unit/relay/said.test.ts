import { describe, expect, it } from 'vitest';
import type { Logged } from '../../../src/domain/events.ts';
import { Said } from '../../../src/relay/said.ts';
import { posted } from '../../support/log.ts';

const logged = (change: object = {}): Logged => ({
  ...{ seq: 58, prev: 57 },
  event: { ...posted('1', 17, 'hello'), ...change },
});

describe('what was said', () => {
  const waiting = () => {
    const said = new Said();
    const heard: number[] = [];
    const expectIt = () => said.expect('1', '9', 'm17', (seq) => heard.push(seq));
    expect(expectIt()).toBe(true);
    return { said, heard, expectIt };
  };

  it('is stored when its event is heard, once', () => {
    const { said, heard, expectIt } = waiting();
    for (let times = 0; times < 2; times += 1) said.hear(logged());
    expect(heard).toEqual([58]);
    expect(expectIt()).toBe(true);
  });

  it.each([
    ['in another room', { room: '2' }],
    ['of another author', { from: { id: '6', name: 'enobrev' } }],
    ['of another id', { id: 'm18' }],
    ['of another kind', { type: 'notice.posted' }],
    ['told again', { replayed: { replay: 'r1', room: '1', seq: 1, time: '', id: '' } }],
  ])('is not stored by an event %s', (_how, change) => {
    const { said, heard } = waiting();
    said.hear(logged(change));
    expect(heard).toEqual([]);
  });

  it('is waited for by one at a time, and no longer than that one wants', () => {
    const { said, heard, expectIt } = waiting();
    expect(expectIt()).toBe(false);
    said.forget('1', '9', 'm17');
    said.hear(logged());
    expect(heard).toEqual([]);
  });
});
