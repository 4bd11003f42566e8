import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonCodec } from '../../../../src/codecs/json/codec.ts';
import type { Command } from '../../../../src/domain/commands.ts';
import { OPTIONS } from '../samples.ts';
import { anyAccountId, anyRoomId, anyText } from '../texts.ts';
import { loadVectors } from '../vectors.ts';

interface Vector {
  readonly frame?: string;
  readonly hex?: string;
  readonly command?: Command;
  readonly ref?: string | number;
  readonly refusal?: string;
  readonly field?: string;
}

const { decode } = createJsonCodec(OPTIONS);
const VECTORS = loadVectors<Vector>('json/decode.json');

describe('a JSON frame of a client', () => {
  it.each(VECTORS)('$name', ({ frame = '', hex, command, ref, refusal, field }) => {
    const decoded = decode(hex === undefined ? Buffer.from(frame) : Buffer.from(hex, 'hex'));
    const echoed = ref === undefined ? {} : { ref };
    if (refusal === undefined) {
      expect(decoded).toEqual({ ok: true, command, ...echoed });
      return;
    }
    const message: unknown =
      field === undefined ? expect.any(String) : expect.stringContaining(` ${field} `);
    expect(decoded).toEqual({ ok: false, refusal: { code: refusal, message }, ...echoed });
  });

  it('reads a frame at the limit and refuses one above it', () => {
    const frame = Buffer.from('{"type":"say","room":"1","text":"é"}');
    const limited = (frameMaxBytes: number) => createJsonCodec({ frameMaxBytes });
    expect(limited(frame.length).decode(frame)).toMatchObject({ ok: true });
    expect(limited(frame.length - 1).decode(frame)).toMatchObject({
      refusal: { code: 'FRAME_TOO_LONG' },
    });
  });

  it('reads a text of one mebibyte letter for letter', () => {
    const text = '<&\0"\\😀'.repeat(150_000);
    const wide = createJsonCodec({ frameMaxBytes: 16_777_216 });
    const decoded = wide.decode(Buffer.from(JSON.stringify({ type: 'say', room: '1', text })));
    expect(decoded.ok && decoded.command?.type === 'say' && decoded.command.text === text).toBe(
      true,
    );
  });

  it('survives objects in objects, as deep as a frame can hold', () => {
    const deep = 10_000;
    const nested = `{"type":"ping","x":${'['.repeat(deep)}${']'.repeat(deep)}}`;
    expect(decode(Buffer.from(nested))).toEqual({ ok: true, command: { type: 'ping' } });
    expect(decode(Buffer.from('{"a":'.repeat(5000)))).toMatchObject({
      refusal: { code: 'BAD_FRAME' },
    });
  });
});

describe('any text', { timeout: 60_000 }, () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyText, anyRoomId, anyAccountId, (text, room, to) => {
        const said = JSON.stringify({ type: 'say', room, text });
        const whispered = JSON.stringify({ type: 'whisper', to, text });
        expect(decode(Buffer.from(said))).toEqual({
          ok: true,
          command: { type: 'say', rooms: [room], text },
        });
        expect(decode(Buffer.from(whispered))).toEqual({
          ok: true,
          command: { type: 'whisper', to, text },
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('is in no refusal', () => {
    const anyValue = fc.oneof(anyText, fc.integer(), fc.constant(null), fc.array(anyText));
    const messages = new Set<string>();
    fc.assert(
      fc.property(fc.dictionary(anyText, anyValue), anyValue, (fields, room) => {
        const frames = [fields, { ...fields, type: 'join', room }, { ...fields, type: 'ban' }];
        for (const frame of frames) {
          const decoded = decode(Buffer.from(JSON.stringify(frame)));
          if (!decoded.ok) messages.add(decoded.refusal.message);
        }
      }),
      { numRuns: 2000 },
    );
    // Thousands of frames, and what is said of them is a handful of sentences.
    expect(messages.size).toBeLessThan(10);
  });
});
