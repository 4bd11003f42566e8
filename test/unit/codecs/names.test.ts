import { describe, expect, it } from 'vitest';
import { Names } from '../../../src/codecs/names.ts';

describe('names for ids', () => {
  it('a name is what was wanted, and stays when another is wanted later', () => {
    const names = new Names(10);
    expect(names.nameOf('6', 'enobrev')).toBe('enobrev');
    expect(names.nameOf('6', 'somebody else')).toBe('enobrev');
    expect(names.idOf('enobrev')).toBe('6');
    expect(names.idOf('somebody else')).toBeNull();
  });

  it('tells apart who has the same name, also in other letters', () => {
    const names = new Names(10);
    const given = ['ann', 'ann', 'Ann', 'ａｎｎ'].map((name, at) => names.nameOf(String(at), name));
    expect(given).toEqual(['ann', 'ann_2', 'Ann_3', 'ａｎｎ_4']);
    expect(given.map((name) => names.idOf(name))).toEqual(['0', '1', '2', '3']);
  });

  it('does not give a made-up name to two', () => {
    const names = new Names(10);
    const given = ['ann', 'ann_2', 'ann'].map((name, at) => names.nameOf(String(at), name));
    expect(given).toEqual(['ann', 'ann_2', 'ann_3']);
  });

  it('nobody gets a reserved name, and whoever has it never loses it', () => {
    const names = new Names(2);
    names.reserve('1', 'Lobby');
    expect(names.nameOf('7', 'lobby')).toBe('lobby_2');
    for (let id = 10; id < 20; id += 1) names.nameOf(String(id), `room ${id}`);
    expect(names.nameOf('1', 'Lobby 1')).toBe('Lobby');
    expect(names.idOf('LOBBY')).toBe('1');
  });

  it('forgets the one that was given first, and both ways', () => {
    const names = new Names(2);
    names.nameOf('1', 'one');
    names.nameOf('2', 'two');
    names.nameOf('3', 'three');
    expect(names.idOf('one')).toBeNull();
    expect(names.nameOf('4', 'one')).toBe('one');
    expect([names.idOf('two'), names.idOf('three'), names.idOf('one')]).toEqual([null, '3', '4']);
  });

  it('knows no names of objects', () => {
    const names = new Names(10);
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(names.idOf(name)).toBeNull();
    expect(names.nameOf('__proto__', 'constructor')).toBe('constructor');
    expect(names.idOf('constructor')).toBe('__proto__');
  });

  it('ten thousand people of one name cost no more than any others', () => {
    const names = new Names(20_000);
    const startedMs = performance.now();
    for (let id = 0; id < 10_000; id += 1) names.nameOf(String(id), 'ann');
    // Trying every number from 2 on took a minute.
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(names.nameOf('9999', 'ann')).toBe('ann_10000');
  });
});
