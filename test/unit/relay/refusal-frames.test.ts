import { describe, expect, it } from 'vitest';
import { createJsonCodec } from '../../../src/codecs/json/codec.ts';
import { DIALECTS } from '../../../src/codecs/registry.ts';
import { REFUSALS, type RefusalCode, refusal } from '../../../src/domain/refusals.ts';
import { refusalFrames } from '../../../src/relay/refusal-frames.ts';
import { OPTIONS } from '../codecs/samples.ts';

const CODECS = [...DIALECTS.map((dialect) => dialect.create(OPTIONS)), createJsonCodec(OPTIONS)];

describe.each(CODECS)('a refusal in $name', (codec) => {
  it.each(Object.keys(REFUSALS) as RefusalCode[])(
    '%s is what the codec says, made once',
    (code) => {
      const said = codec.encodeReply({ type: 'error', refusal: refusal(code), during: null });
      expect(refusalFrames(codec, refusal(code))).toEqual(said);
      expect(refusalFrames(codec, refusal(code))).toBe(refusalFrames(codec, refusal(code)));
    },
  );

  it('has its own words where it has some', () => {
    refusalFrames(codec, refusal('BAD_FRAME'));
    const own = refusal('BAD_FRAME', 'The XML is not well-formed.');
    expect(String(refusalFrames(codec, own))).toContain(own.message);
    expect(String(refusalFrames(codec, refusal('BAD_FRAME')))).not.toContain(own.message);
  });
});
