import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Codec } from '../../../src/codecs/codec.ts';
import { createCompactCodec } from '../../../src/codecs/compact/codec.ts';
import { createJsonCodec } from '../../../src/codecs/json/codec.ts';
import { createPalabreCodec } from '../../../src/codecs/palabre/codec.ts';
import type { Logged, RoomEvent } from '../../../src/domain/events.ts';
import { type Listener, RoomHub } from '../../../src/relay/room-hub.ts';
import { OPTIONS } from '../codecs/samples.ts';

const [COMPACT, PALABRE, JSON_WIRE] = [
  createCompactCodec(OPTIONS),
  createPalabreCodec(OPTIONS),
  createJsonCodec(OPTIONS),
];

class Ear implements Listener {
  readonly actor = { id: '6', name: 'enobrev' };
  readonly codec: Codec;
  readonly heard: string[] = [];

  constructor(codec: Codec) {
    this.codec = codec;
  }

  push(frames: readonly Buffer[]): void {
    this.heard.push(...frames.map((frame) => frame.toString().replace('\0', '')));
  }

  skips(): boolean {
    return false;
  }

  onRemoved(): void {}

  get lines(): string[] {
    return this.heard.flatMap((frame) => /\*.*(?=<\/m)/.exec(frame)?.[0] ?? []);
  }
}

let summed: string[];
let unsaid: string[];
let hub: RoomHub;
let seq: number;

beforeEach(() => {
  vi.useFakeTimers();
  [summed, unsaid, seq] = [[], [], 10];
  hub = new RoomHub('1', 1000, {
    onSummed: (dialect) => summed.push(dialect),
    onUnsaid: (dialect) => unsaid.push(dialect),
    storm: { events: 2, windowMs: 1000 },
    clock: () => Date.now(),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function enter(codec: Codec): Ear {
  const ear = new Ear(codec);
  hub.expect(ear);
  hub.learn('Lobby 1', [], seq);
  hub.admit(ear, seq);
  return ear;
}

function happen(...types: ('member.entered' | 'member.left')[]): void {
  for (const type of types) {
    seq += 1;
    hub.deliver(eventAt(seq, type));
  }
}

function eventAt(at: number, type: 'member.entered' | 'member.left'): Logged {
  const member = { id: String(at), name: `p${at}` };
  const envelope = { v: 1, id: `e${at}`, n: at, room: '1', via: 'xml', from: member } as const;
  const event: RoomEvent = { ...envelope, time: '2026-11-23T06:55:35.123Z', type, member };
  return { seq: at, prev: at - 1, event };
}

const ENTERED = 'member.entered';
const LEFT = 'member.left';

describe('many who enter at once', () => {
  it('are told as ever as long as there are few', () => {
    const ear = enter(COMPACT);
    happen(ENTERED, LEFT);
    vi.advanceTimersByTime(5000);
    happen(ENTERED, LEFT);
    const [line, gone] = ['<msg from_id="0">*p11 has entered</msg>', 'gone="1"'];
    expect(ear.heard).toHaveLength(8);
    expect(ear.heard[1]).toBe(line);
    expect(ear.heard[2]).toContain(gone);
    expect(summed).toEqual([]);
  });

  it('are one line for old clients, who know each of them at once', () => {
    const ear = enter(COMPACT);
    happen(ENTERED, ENTERED, ENTERED, LEFT, ENTERED, ENTERED);
    expect(ear.lines).toEqual(['*p11 has entered', '*p12 has entered']);
    expect(ear.heard.filter((frame) => frame.startsWith('<user '))).toHaveLength(6);
    vi.advanceTimersByTime(1000);
    expect(ear.lines.slice(2)).toEqual(['*3 people have entered', '*1 person has left']);
    vi.advanceTimersByTime(1000);
    happen(ENTERED);
    expect(ear.lines.at(-1)).toBe('*p17 has entered');
    expect(summed).toEqual(['compact', 'compact', 'compact', 'compact']);
  });

  it('are one list for those who get a list each time', () => {
    const ear = enter(PALABRE);
    happen(ENTERED, ENTERED, ENTERED, ENTERED);
    expect(ear.heard).toHaveLength(4);
    vi.advanceTimersByTime(1000);
    expect(ear.heard).toHaveLength(6);
    expect(ear.heard[4]).toContain('nb="4"');
    expect(ear.heard[5]).toContain('*2 people have entered');
    expect(unsaid).toEqual([]);
  });

  it('are told one by one on the JSON wire, always', () => {
    const ear = enter(JSON_WIRE);
    happen(...Array<typeof ENTERED>(20).fill(ENTERED));
    vi.advanceTimersByTime(5000);
    const seqs = ear.heard.map((frame) => JSON.parse(frame).seq);
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => 11 + i));
    expect(summed).toEqual([]);
  });

  it('are counted from one’s own entering on', () => {
    const early = enter(COMPACT);
    happen(ENTERED, ENTERED, ENTERED);
    const late = enter(COMPACT);
    happen(ENTERED);
    const last = enter(COMPACT);
    vi.advanceTimersByTime(1000);
    expect(early.lines.at(-1)).toBe('*2 people have entered');
    expect(late.lines).toEqual(['*1 person has entered']);
    expect(last.heard).toEqual([]);
  });

  it('are summed up also for who was entering meanwhile, even if that took longer', () => {
    enter(COMPACT);
    const slow = new Ear(COMPACT);
    hub.expect(slow);
    happen(ENTERED, ENTERED, ENTERED, ENTERED);
    vi.advanceTimersByTime(1000);
    hub.admit(slow, 11);
    expect(slow.lines).toEqual(['*p12 has entered']);
    vi.advanceTimersByTime(1);
    expect(slow.lines).toEqual(['*p12 has entered', '*2 people have entered']);
  });

  it('are nothing to who is out', () => {
    const ear = enter(COMPACT);
    enter(COMPACT);
    happen(ENTERED, ENTERED, ENTERED);
    hub.remove(ear);
    const before = ear.heard.length;
    vi.advanceTimersByTime(1000);
    expect(ear.heard).toHaveLength(before);
  });
});
