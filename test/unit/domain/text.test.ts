import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, codePointLength, isCanonicalText } from '../../../src/domain/text.ts';

describe('canonical text', () => {
  it.each([
    ['plain text', 'hello', 'hello'],
    ['tab and line feed', 'a\tb\nc', 'a\tb\nc'],
    ['the line ends of others', 'a\r\nb\rc\n\rd', 'a\nb\nc\n\nd'],
    ['controls', 'a\u0000\u0007\u000B\u000C\u001Fb', 'a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb'],
    ['lone surrogates', 'a\uD83Db\uDE00', 'a\uFFFDb\uFFFD'],
    ['a whole pair', '\u{1F600}', '\u{1F600}'],
    ['the two that are no characters', '\uFFFE\uFFFF\uFFFD', '\uFFFD\uFFFD\uFFFD'],
    ['C1 controls and DEL, which XML can carry', '\u007F\u0085\u009F', '\u007F\u0085\u009F'],
  ])('of %s', (_name, text, canonical) => expect(canonicalText(text)).toBe(canonical));

  it('is what it is, whatever it came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, other) => {
        const canonical = canonicalText(`${text}\uD800${other}`);
        expect(canonicalText(canonical)).toBe(canonical);
        expect(isCanonicalText(canonical)).toBe(true);
        expect(canonical.isWellFormed()).toBe(true);
      }),
    );
  });

  it('has a length in code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const canonical = canonicalText(text);
        expect(codePointLength(canonical)).toBe([...canonical].length);
      }),
    );
  });
});
