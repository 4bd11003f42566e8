import { describe, expect, it } from 'vitest';
import type { CrowdSum } from '../../../../src/codecs/codec.ts';
import { createCompactCodec } from '../../../../src/codecs/compact/codec.ts';
import type { Logged, WhisperEvent } from '../../../../src/domain/events.ts';
import type { Reply } from '../../../../src/domain/replies.ts';
import { canonicalText } from '../../../../src/domain/text.ts';
import { messageOf, OPTIONS, READER, VIEW } from '../samples.ts';
import { loadVectors } from '../vectors.ts';
import { readStrictly } from '../xml/strict-xml.ts';

interface Vector {
  readonly announceToEntrant?: boolean;
  readonly reply?: Reply;
  readonly event?: Logged;
  readonly inCrowd?: boolean;
  readonly sum?: CrowdSum;
  readonly whisper?: Logged<WhisperEvent>;
  readonly frames: readonly string[];
}

describe('a compact frame for a client, byte for byte', { timeout: 60_000 }, () => {
  it.each(loadVectors<Vector>('compact/encode.json'))('$name', ({ frames, ...vector }) => {
    expect(encode(vector)).toEqual(frames.map((frame) => Buffer.from(`${frame}\0`)));
    for (const frame of frames) expect(readStrictly(frame)).not.toBeNull();
  });

  it.each([
    ['letters', 'a'],
    ['ampersands, which grow most', '&'],
    ['NULs', '\0'],
    ['half surrogate pairs', '\ud800'],
    ['pairs', '😀'],
    ['ends of CDATA', ']]>'],
  ])('writes a web text of one mebibyte: %s', (_name, piece) => {
    const text = piece.repeat(Math.ceil(1_048_576 / piece.length));
    const frames = createCompactCodec(OPTIONS).encodeEvent(messageOf(text), VIEW);
    const read = frames.map((frame) => readStrictly(frame.subarray(0, -1).toString())?.text);
    expect(read.join('') === canonicalText(text)).toBe(true);
  });
});

function encode(vector: Omit<Vector, 'frames'>) {
  const { reply, event, inCrowd, sum, whisper, announceToEntrant = true } = vector;
  const codec = createCompactCodec({ ...OPTIONS, announceToEntrant });
  if (reply !== undefined) return codec.encodeReply(reply);
  if (sum !== undefined) return codec.crowds?.encodeSum(sum, VIEW);
  if (inCrowd === true && event !== undefined) return codec.crowds?.encodeEvent(event, VIEW);
  if (event !== undefined) return codec.encodeEvent(event, VIEW);
  if (whisper !== undefined) return codec.encodeWhisper(whisper, READER);
  throw new Error('the vector has nothing to encode');
}
