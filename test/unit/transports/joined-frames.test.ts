import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  binaryMessage,
  concatenated,
  JoinedFrames,
  textMessages,
} from '../../../src/transports/joined-frames.ts';

// The types of the package leave it out.
const { Receiver }: { Receiver: new (options: object) => Writable } = createRequire(
  import.meta.url,
)('ws');

const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const LENGTHS = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537];

/** What a strict client of the package ws reads, the bytes cut into pieces. */
function read(bytes: Buffer, pieceLength: number): { text: string; isBinary: boolean }[] {
  const receiver = new Receiver({
    isServer: false,
    maxPayload: 1_000_000,
    allowSynchronousEvents: true,
  });
  const messages: { text: string; isBinary: boolean }[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    messages.push({ text: String(data), isBinary });
  });
  receiver.on('error', (error) => {
    throw error;
  });
  for (let at = 0; at < bytes.length; at += pieceLength) {
    receiver.write(bytes.subarray(at, at + pieceLength));
  }
  return messages;
}

describe('text messages', () => {
  it.each([1_000_000, 1000, 7])('of every length, in pieces of %i bytes, are read', (piece) => {
    const texts = LENGTHS.map((length) => 'é'.repeat(length >> 1).padEnd(length, 'x'));
    const bytes = textMessages(frames(...texts));
    expect(read(bytes, piece)).toEqual(texts.map((text) => ({ text, isBinary: false })));
  });

  it.each(LENGTHS)('of %i bytes have the shortest head', (length) => {
    const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    expect(textMessages([Buffer.alloc(length)])).toHaveLength(head + length);
  });
});

it('one binary message has all frames', () => {
  const texts = LENGTHS.map((length) => 'x'.repeat(length));
  const bytes = binaryMessage(frames(...texts));
  expect(read(bytes, 1000)).toEqual([{ text: texts.join(''), isBinary: true }]);
});

describe('joined frames', () => {
  it('are made once for the same list', () => {
    let made = 0;
    const joined = new JoinedFrames((list) => {
      made += 1;
      return concatenated(list);
    });
    const [one, two, three] = frames('1', '2', '3');
    if (one === undefined || two === undefined || three === undefined) throw new Error('no frames');
    const first = joined.of([one, two]);
    expect(joined.of([one, two])).toBe(first);
    expect(made).toBe(1);
    expect(String(joined.of([one]))).toBe('1');
    expect(String(joined.of([one, three]))).toBe('13');
    expect(String(joined.of([two, one]))).toBe('21');
    expect(String(joined.of([one, two]))).toBe('12');
  });

  it('of equal bytes in other buffers are others', () => {
    const joined = new JoinedFrames(concatenated);
    const [one, other] = [frames('same'), frames('same')];
    expect(joined.of(one)).toBe(one[0]);
    expect(joined.of(other)).toBe(other[0]);
  });
});
