import { describe, expect, it } from 'vitest';
import type { Codec } from '../../src/codecs/codec.ts';
import { createJsonCodec } from '../../src/codecs/json/codec.ts';
import { DIALECTS } from '../../src/codecs/registry.ts';
import { REFUSALS } from '../../src/domain/refusals.ts';
import { JSON_SAMPLES, JSON_TOKENS, Junk, XML_SAMPLES, XML_TOKENS } from '../support/junk.ts';
import { seededRandom } from '../support/random.ts';
import {
  everyEvent,
  everyReply,
  OPTIONS,
  READER,
  VIEW,
  whisperOf,
} from '../unit/codecs/samples.ts';
import { readStrictly } from '../unit/codecs/xml/strict-xml.ts';

const ON_XML = DIALECTS.map((dialect) => ({ wire: 'xml', make: () => dialect.create(OPTIONS) }));
const CODECS: readonly { wire: string; make: () => Codec }[] = [
  ...ON_XML,
  { wire: 'json', make: () => createJsonCodec(OPTIONS) },
];

// What a person may have put there, and what would end a frame or open another if it were let.
const TEXTS = [
  'Hello',
  '',
  '\0',
  '\ud800',
  ']]> </msg>\0<msg from_id="0">',
  '&lt; & &#0; \r\n',
  '😀',
];
const NAMES = ['ann', '<b>&amp;"\'', '😀', '0'];

describe.each(CODECS.map(({ wire, make }) => ({ name: make().name, wire, make })))(
  'the codec $name',
  ({ wire, make }) => {
    it('says which wire its events were born on', () => {
      expect(make().via).toBe(wire);
    });

    it('writes whole frames and nothing else, whatever is in them', () => {
      const frames = everything(make());
      expect(frames.length).toBeGreaterThan(TEXTS.length * NAMES.length);
      for (const frame of frames) expect(isWhole(frame, wire), frame.toString()).toBe(true);
    });

    it('writes the same bytes for the same event, so that they can be shared', () => {
      const codec = make();
      const once = everything(codec);
      expect(everything(codec)).toEqual(once);
    });

    it('answers every frame with a command or with a refusal of the table', () => {
      const codec = make();
      const tokens = [...XML_TOKENS, ...JSON_TOKENS];
      const junk = new Junk(seededRandom(2004), [...XML_SAMPLES, ...JSON_SAMPLES], tokens);
      for (let frames = 0; frames < 3000; frames += 1) {
        const decoded = codec.decode(junk.frame());
        if (!decoded.ok) expect(Object.keys(REFUSALS)).toContain(decoded.refusal.code);
      }
    });

    it('refuses an empty frame, one above the limit, and bytes that are no UTF-8', () => {
      const codec = make();
      const codeOf = (frame: Buffer): string | null => {
        const decoded = codec.decode(frame);
        return decoded.ok ? null : decoded.refusal.code;
      };
      expect(codeOf(Buffer.alloc(0))).toBe('BAD_FRAME');
      expect(codeOf(Buffer.alloc(OPTIONS.frameMaxBytes + 1, 0x20))).toBe('FRAME_TOO_LONG');
      expect(codeOf(Buffer.from([0x3c, 0xc0, 0x80, 0x3e]))).toBe('BAD_FRAME');
    });

    it('does not change the frame that it reads', () => {
      const codec = make();
      for (const sample of [...XML_SAMPLES, ...JSON_SAMPLES]) {
        const frame = Buffer.from(sample);
        codec.decode(frame);
        expect(frame.toString()).toBe(sample);
      }
    });
  },
);

function everything(codec: Codec): Buffer[] {
  return TEXTS.flatMap((text) =>
    NAMES.flatMap((name) => [
      ...everyReply(text, name).flatMap((reply) => codec.encodeReply(reply)),
      ...everyEvent(text, name).flatMap((logged) => codec.encodeEvent(logged, VIEW)),
      ...codec.encodeWhisper(whisperOf(text), READER),
    ]),
  );
}

function isWhole(frame: Buffer, wire: string): boolean {
  if (wire === 'json') return typeof JSON.parse(frame.toString()) === 'object';
  return (
    frame.indexOf(0) === frame.length - 1 &&
    readStrictly(frame.toString('utf8', 0, frame.length - 1)) !== null
  );
}
