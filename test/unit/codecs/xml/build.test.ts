import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, frameOf, type Markup } from '../../../../src/codecs/xml/build.ts';
import { canonicalText } from '../../../../src/domain/text.ts';
import { loadVectors } from '../vectors.ts';
import { readStrictly } from './strict-xml.ts';

interface Content {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly Content[];
}

interface Vector {
  readonly element: Content;
  readonly xml: string;
}

describe('writing a frame', () => {
  it.each(loadVectors<Vector>('xml/build.json'))('$name', ({ element, xml }) => {
    expect(build(element).xml).toBe(xml);
    expect(readStrictly(xml)).not.toBeNull();
  });

  it('says every character as a strict reader reads it, in text and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        const { xml } = element('msg', { a: one, b: `&<>"'\t\n${other}` }, `${other}&<>"'${one}`);
        const read = readStrictly(xml);
        expect(read?.attributes).toEqual({
          a: canonicalText(one),
          b: canonicalText(`&<>"'\t\n${other}`),
        });
        expect(read?.text).toBe(canonicalText(`${other}&<>"'${one}`));
      }),
    );
  });

  it('ends in exactly one NUL', () => {
    expect(frameOf(element('msg', {}, '\0a\0'))).toEqual(Buffer.from('<msg>\ufffda\ufffd</msg>\0'));
  });
});

function build({ name, attributes, content }: Content): Markup {
  return element(name, attributes, typeof content === 'string' ? content : content.map(build));
}
