import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../../src/bus/log-reader.ts';
import { ChainCheck, type KnownEvent } from '../../../src/core/chain-check.ts';
import { chainHash, FIRST_HASH } from '../../../src/core/room-state.ts';

const EVENTS = 6;

// A log as chat-core writes it: each event with its number, and the hash of all before it and itself.
function log(): StoredMessage[] {
  let hash = FIRST_HASH;
  return Array.from({ length: EVENTS }, (_, index) => {
    const payload = payloadOf(index + 1, `line ${index + 1}`);
    hash = chainHash(hash, payload);
    return {
      seq: (index + 1) * 10,
      prev: index * 10,
      subject: 'chatlog.room.1',
      payload,
      messageId: null,
      epoch: '',
      hash,
    };
  });
}

function payloadOf(n: number, text: string): Buffer {
  const from = { id: '6', name: 'enobrev' };
  const time = '2026-11-23T06:55:35.123Z';
  const event = {
    v: 1,
    id: `e${n}`,
    n,
    type: 'message.posted',
    room: '1',
    time,
    from,
    text,
    via: 'xml',
  };
  return Buffer.from(JSON.stringify(event));
}

function check(messages: readonly StoredMessage[], known: KnownEvent | null = null, firstSeq = 1) {
  const chain = new ChainCheck(known === null ? [] : [known], firstSeq);
  const problems = [...messages.map((message) => chain.next(message)), chain.end()];
  return problems.flatMap((problem) =>
    problem === null ? [] : [`${problem.kind} ${problem.seq}`],
  );
}

function at(messages: readonly StoredMessage[], index: number): StoredMessage {
  const message = messages[index];
  if (message === undefined) throw new Error('there is no such message');
  return message;
}

describe('the chain of a room', () => {
  it('is whole when nothing was touched', () => {
    expect(check(log())).toEqual([]);
    const chain = new ChainCheck([]);
    for (const message of log()) chain.next(message);
    expect({ n: chain.n, hash: chain.hash }).toEqual({ n: EVENTS, hash: at(log(), 5).hash });
  });

  it.each([0, 2, 5])('shows that event at place %i was edited, and no other', (index) => {
    const edited = log().map((message, place) =>
      place === index ? { ...message, payload: payloadOf(index + 1, 'never said') } : message,
    );
    expect(check(edited)).toEqual([`edited ${(index + 1) * 10}`]);
  });

  it('shows an event whose hash was made to fit, by the next one', () => {
    const messages = log();
    const payload = payloadOf(3, 'never said');
    const hash = chainHash(at(messages, 1).hash ?? '', payload);
    messages[2] = { ...at(messages, 2), payload, hash };
    expect(check(messages)).toEqual(['edited 40']);
  });

  it('shows an event that lost its hash', () => {
    const messages = log();
    messages[2] = { ...at(messages, 2), hash: null };
    expect(check(messages)).toEqual(['edited 30']);
  });

  it.each([0, 3])('shows where an event at place %i was taken out', (index) => {
    const messages = log();
    messages.splice(index, 1);
    expect(check(messages)).toEqual([`missing ${(index + 2) * 10}`]);
  });

  it('shows two events that changed places', () => {
    const messages = log();
    [messages[2], messages[3]] = [at(messages, 3), at(messages, 2)];
    expect(check(messages)[0]).toBe('missing 40');
    expect(check(messages)[1]).toBe('reordered 30');
  });

  it('shows what somebody else wrote, and is not broken by it', () => {
    const messages = log();
    messages.splice(3, 0, {
      ...at(messages, 3),
      seq: 35,
      payload: Buffer.from('hello'),
      hash: null,
    });
    expect(check(messages)).toEqual(['foreign 35']);
  });

  it('shows a tail that was there when a snapshot was made', () => {
    const messages = log();
    const last = at(messages, 5);
    const known = { seq: last.seq, n: EVENTS, hash: last.hash ?? '' };
    expect(check(messages, known)).toEqual([]);
    expect(check(messages.slice(0, 4), known)).toEqual([`lost-tail ${last.seq}`]);
  });

  it('shows a log that was written anew from the first event on, by the snapshot', () => {
    const known = { seq: 60, n: EVENTS, hash: 'f'.repeat(64) };
    expect(check(log(), known)).toEqual(['edited 60']);
  });
});

describe('the chain of a room that is read from a checkpoint on', () => {
  const known = (n: number): KnownEvent => {
    const { seq, hash } = at(log(), n - 1);
    return { seq, n, hash: hash ?? '' };
  };
  const from = (messages: readonly StoredMessage[], n: number, ...all: KnownEvent[]) => {
    const chain = new ChainCheck(all, 1, { n, hash: known(n).hash });
    const problems = [...messages.map((message) => chain.next(message)), chain.end()];
    return problems.flatMap((problem) =>
      problem === null ? [] : `${problem.kind} ${problem.seq}`,
    );
  };

  it('is whole where nothing was touched, and has all its events', () => {
    expect(from(log().slice(3), 3, known(3), known(6))).toEqual([]);
    const chain = new ChainCheck([], 1, { n: 3, hash: known(3).hash });
    for (const message of log().slice(3)) chain.next(message);
    const last = { seq: 60, time: '2026-11-23T06:55:35.123Z' };
    expect([chain.n, chain.hash, chain.last]).toEqual([6, known(6).hash, last]);
  });

  it('shows what was edited, taken out or lost after it', () => {
    const edited = log().map((message, index) =>
      index === 4 ? { ...message, payload: payloadOf(5, 'never said') } : message,
    );
    expect(from(edited.slice(3), 3)).toEqual(['edited 50']);
    expect(from([at(log(), 3), at(log(), 5)], 3)).toEqual(['missing 60']);
    expect(from(log().slice(3, 5), 3, known(4), known(6))).toEqual(['lost-tail 60']);
  });

  it('shows by every checkpoint that all was written anew', () => {
    const other = { ...known(4), hash: 'e'.repeat(64) };
    expect(check(log(), other)).toEqual(['edited 40']);
    expect(from(log().slice(3), 3, known(6), other)).toEqual(['edited 40']);
  });
});

describe('the chain of a room whose oldest events were dropped', () => {
  const known = (n: number): KnownEvent => {
    const { seq, hash } = at(log(), n - 1);
    return { seq, n, hash: hash ?? '' };
  };

  it('is whole from the oldest that is left', () => {
    expect(check(log().slice(3), null, 35)).toEqual([]);
    const chain = new ChainCheck([], 35);
    for (const message of log().slice(3)) chain.next(message);
    expect([chain.dropped, chain.n, chain.hash]).toEqual([3, 6, at(log(), 5).hash]);
  });

  it('is whole when nothing is left', () => {
    expect(check([], known(6), 61)).toEqual([]);
    expect(check([], known(6), 60)).toEqual(['lost-tail 60']);
  });

  it('is checked from the snapshot on where that is of the last one dropped', () => {
    const forged = { ...at(log(), 3), payload: payloadOf(4, 'forged') };
    expect(check([forged, ...log().slice(4)], known(3), 35)).toEqual(['edited 40']);
    expect(check(log().slice(3), known(3), 35)).toEqual([]);
    expect(check(log().slice(3), known(5), 35)).toEqual([]);
  });

  it('shows what is missing where nothing was dropped', () => {
    expect(check(log().slice(3))).toEqual(['missing 40']);
    expect(check(log().slice(3), null, 25)).toEqual(['missing 40']);
    const [, , third, , fifth] = log();
    expect(
      check(
        [third, fifth].flatMap((message) => message ?? []),
        null,
        25,
      ),
    ).toEqual(['missing 50']);
  });
});
