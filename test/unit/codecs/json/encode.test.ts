import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonCodec } from '../../../../src/codecs/json/codec.ts';
import type { Logged, WhisperEvent } from '../../../../src/domain/events.ts';
import type { Reply } from '../../../../src/domain/replies.ts';
import { messageOf, OPTIONS, READER, VIEW } from '../samples.ts';
import { anyText } from '../texts.ts';
import { loadVectors } from '../vectors.ts';

interface Vector {
  readonly reply?: Reply;
  readonly ref?: string | number;
  readonly event?: Logged;
  readonly whisper?: Logged<WhisperEvent>;
  readonly frames: readonly string[];
}

const codec = createJsonCodec(OPTIONS);

describe('a JSON frame for a client, byte for byte', { timeout: 60_000 }, () => {
  it.each(loadVectors<Vector>('json/encode.json'))('$name', ({ frames, ...vector }) => {
    expect(encode(vector).map(String)).toEqual(frames);
  });

  it('holds any text so that JSON.parse gives it back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const [frame] = codec.encodeEvent(messageOf(text), VIEW);
        expect(JSON.parse(String(frame)).text).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

function encode({ reply, ref, event, whisper }: Omit<Vector, 'frames'>): readonly Buffer[] {
  if (reply !== undefined) return codec.encodeReply(reply, ref);
  if (event !== undefined) return codec.encodeEvent(event, VIEW);
  if (whisper !== undefined) return codec.encodeWhisper(whisper, READER);
  throw new Error('the vector has nothing to encode');
}
