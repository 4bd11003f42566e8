import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../src/codecs/codec.ts';
import type { Logged, RoomEvent } from '../../../src/domain/events.ts';
import { type Listener, RoomHub } from '../../../src/relay/room-hub.ts';

// A vocabulary of sequences alone: what is tested is who hears what, in which order.
class Sequences implements Codec {
  readonly name = 'sequences';
  readonly via = 'xml';
  readonly catchUp = true;
  readonly rooms = 'many';
  readonly crowds = null;
  encoded = 0;

  decode(): never {
    throw new Error('nothing is decoded here');
  }

  encodeReply(): readonly Buffer[] {
    return [];
  }

  encodeEvent({ seq }: Logged): readonly Buffer[] {
    this.encoded += 1;
    return [Buffer.from(String(seq))];
  }

  encodeWhisper(): readonly Buffer[] {
    return [];
  }
}

class Ear implements Listener {
  readonly actor;
  readonly codec: Codec;
  readonly heard: number[] = [];
  readonly removedFrom: string[] = [];

  constructor(id: string, codec: Codec = new Sequences()) {
    this.actor = { id, name: `name${id}` };
    this.codec = codec;
  }

  push(frames: readonly Buffer[]): void {
    this.heard.push(...frames.map((frame) => Number(frame.toString())));
  }

  skips(): boolean {
    return false;
  }

  onRemoved(room: string): void {
    this.removedFrom.push(room);
  }
}

const BASE = {
  v: 1,
  id: 'e',
  n: 1,
  room: '1',
  time: '2026-11-23T06:55:35.123Z',
  from: { id: '2', name: 'mod' },
  via: 'json',
} as const;

const said = (seq: number): Logged => at(seq, { ...BASE, type: 'message.posted', text: 'x' });
const kicked = (seq: number, id: string): Logged =>
  at(seq, { ...BASE, type: 'member.kicked', member: { id, name: 'n' } });
const closed = (seq: number): Logged => at(seq, { ...BASE, type: 'room.changed', closed: true });

function at(seq: number, event: RoomEvent): Logged {
  return { seq, prev: seq - 1, event };
}

describe('a room hub', () => {
  it('encodes an event once for all who speak the same', () => {
    const codec = new Sequences();
    const hub = new RoomHub('1', 10);
    const ears = ['6', '9', '12'].map((id) => new Ear(id, codec));
    for (const ear of ears) {
      hub.expect(ear);
      hub.admit(ear, 4);
    }
    hub.deliver(said(5));
    expect(codec.encoded).toBe(1);
    expect(ears.map(({ heard }) => heard)).toEqual([[5], [5], [5]]);
  });

  it('holds what is said while somebody enters, and leaves out what the entering told', () => {
    const hub = new RoomHub('1', 10);
    const ear = new Ear('6');
    expect(hub.expect(ear)).toBeNull();
    for (const seq of [5, 6, 7]) hub.deliver(said(seq));
    expect(ear.heard).toEqual([]);
    hub.admit(ear, 6);
    hub.deliver(said(8));
    expect(ear.heard).toEqual([7, 8]);
  });

  it('puts out whom it would have to hold too much for', () => {
    const hub = new RoomHub('1', 2);
    const ear = new Ear('6');
    hub.expect(ear);
    for (const seq of [5, 6, 7]) hub.deliver(said(seq));
    expect(ear.removedFrom).toEqual(['1']);
    expect(hub.isEmpty).toBe(true);
  });

  it('lets the one who is kicked hear it last', () => {
    const hub = new RoomHub('1', 10);
    const [kickedOne, other] = [new Ear('9'), new Ear('6')];
    for (const ear of [kickedOne, other]) {
      hub.expect(ear);
      hub.admit(ear, 1);
    }
    hub.deliver(kicked(2, '9'));
    hub.deliver(said(3));
    expect({ kicked: kickedOne.heard, other: other.heard }).toEqual({ kicked: [2], other: [2, 3] });
    expect(kickedOne.removedFrom).toEqual(['1']);
  });

  it('does not put out somebody who came back after the kick', () => {
    const hub = new RoomHub('1', 10);
    const ear = new Ear('9');
    hub.expect(ear);
    hub.admit(ear, 3);
    hub.deliver(kicked(2, '9'));
    expect(hub.has(ear)).toBe(true);
  });

  it('puts out somebody kicked between asking and being told', () => {
    const hub = new RoomHub('1', 10);
    const ear = new Ear('9');
    hub.expect(ear);
    hub.deliver(kicked(5, '9'));
    hub.deliver(said(6));
    hub.admit(ear, 4);
    expect({ heard: ear.heard, has: hub.has(ear) }).toEqual({ heard: [5], has: false });
  });

  it('puts everybody out of a room that is closed', () => {
    const hub = new RoomHub('1', 10);
    const ears = [new Ear('6'), new Ear('9')];
    for (const ear of ears) {
      hub.expect(ear);
      hub.admit(ear, 1);
    }
    hub.deliver(closed(2));
    expect(ears.map(({ heard }) => heard)).toEqual([[2], [2]]);
    expect(hub.isEmpty).toBe(true);
  });

  it('says up to where somebody had heard who asks anew', () => {
    const hub = new RoomHub('1', 10);
    const ear = new Ear('6');
    hub.expect(ear);
    hub.admit(ear, 4);
    hub.deliver(said(5));
    expect(hub.expect(ear)).toBe(4);
  });

  it('knows each account once, however many sessions it has', () => {
    const hub = new RoomHub('1', 10);
    const [one, two] = [new Ear('6'), new Ear('6')];
    hub.expect(one);
    hub.expect(two);
    expect(hub.actors.map(({ id }) => id)).toEqual(['6']);
    hub.remove(one);
    expect(hub.hasAccount('6')).toBe(true);
  });

  it('delivers again from the first sequence after the log was made anew', () => {
    const hub = new RoomHub('1', 10);
    const ear = new Ear('6');
    hub.expect(ear);
    hub.admit(ear, 500);
    hub.forgetPositions();
    hub.deliver(said(1));
    expect(ear.heard).toEqual([1]);
  });
});
