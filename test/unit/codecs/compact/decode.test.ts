import { describe, expect, it } from 'vitest';
import { createCompactCodec } from '../../../../src/codecs/compact/codec.ts';
import type { InvalidUtf8 } from '../../../../src/codecs/xml/characters.ts';
import type { Command } from '../../../../src/domain/commands.ts';
import { OPTIONS } from '../samples.ts';
import { loadVectors } from '../vectors.ts';

interface Vector {
  readonly frame?: string;
  readonly hex?: string;
  readonly invalidUtf8?: InvalidUtf8;
  readonly command?: Command;
  readonly claimedId?: string;
  readonly salvaged?: boolean;
  readonly refusal?: string;
}

const VECTORS = loadVectors<Vector>('compact/decode.json');

describe('a compact frame of a client', () => {
  it.each(VECTORS)(
    '$name',
    ({ name: _name, frame = '', hex, invalidUtf8, refusal, ...expected }) => {
      const codec = createCompactCodec({ ...OPTIONS, invalidUtf8: invalidUtf8 ?? 'refuse' });
      const decoded = codec.decode(
        hex === undefined ? Buffer.from(frame) : Buffer.from(hex, 'hex'),
      );
      if (refusal === undefined) expect(decoded).toEqual({ ok: true, ...expected });
      else expect(decoded).toMatchObject({ ok: false, refusal: { code: refusal } });
    },
  );

  it('names the attribute that is missing or wrong, and not what was in it', () => {
    const { decode } = createCompactCodec(OPTIONS);
    const secret = 'hunter2';
    for (const [frame, attribute] of [
      [`<login p="${secret}"/>`, 'u'],
      [`<login u="${secret}"/>`, 'p'],
      [`<room id="${secret}!"/>`, 'id'],
      [`<msg room_id="${secret},">a</msg>`, 'room_id'],
      [`<msg to_id="${secret}">a</msg>`, 'to_id'],
      [`<history limit="${secret}"/>`, 'limit'],
    ] as const) {
      const decoded = decode(Buffer.from(frame));
      const message = decoded.ok ? '' : decoded.refusal.message;
      expect(message).toMatch(new RegExp(`\\b${attribute}\\b`));
      expect(message).not.toContain(secret);
    }
  });

  it('reads a frame at the limit and refuses one above it', () => {
    const frame = Buffer.from('<msg room_id="1">é</msg>');
    const limited = (frameMaxBytes: number) => createCompactCodec({ ...OPTIONS, frameMaxBytes });
    expect(limited(frame.length).decode(frame)).toMatchObject({ ok: true });
    expect(limited(frame.length - 1).decode(frame)).toMatchObject({
      refusal: { code: 'FRAME_TOO_LONG' },
    });
  });
});
