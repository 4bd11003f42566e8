import { describe, expect, it } from 'vitest';
import type { InvalidUtf8 } from '../../../../src/codecs/xml/characters.ts';
import { parseFrame } from '../../../../src/codecs/xml/parse.ts';
import { loadVectors } from '../vectors.ts';
import { type PlainElement, toPlain } from './plain-element.ts';
import { readStrictly } from './strict-xml.ts';

interface Vector {
  readonly frame?: string;
  readonly hex?: string;
  readonly invalidUtf8?: InvalidUtf8;
  readonly root?: PlainElement;
  readonly salvaged?: boolean;
  readonly refusal?: string;
}

const VECTORS = loadVectors<Vector>('xml/parse.json');
const OPTIONS = { maxBytes: 1_048_576, unclosed: ['room', 'login'] } as const;

describe('reading a frame', () => {
  it.each(VECTORS)('$name', ({ frame, hex, invalidUtf8 = 'refuse', root, salvaged, refusal }) => {
    const bytes = hex === undefined ? Buffer.from(frame ?? '') : Buffer.from(hex, 'hex');
    const parsed = parseFrame(bytes, { ...OPTIONS, invalidUtf8 });
    if (!parsed.ok) expect(parsed.refusal.code).toBe(refusal);
    else
      expect({ root: toPlain(parsed.root), salvaged: parsed.salvaged }).toEqual({ root, salvaged });
  });

  it.each(VECTORS.filter(({ frame, salvaged }) => frame !== undefined && salvaged === false))(
    'a strict parser reads the same: $name',
    ({ frame = '', root }) => {
      expect(readStrictly(frame)).toEqual(root);
    },
  );

  it('refuses a frame above the limit and reads one at the limit', () => {
    const frame = Buffer.from('<msg>\u00e9</msg>');
    const options = { ...OPTIONS, invalidUtf8: 'refuse' } as const;
    expect(parseFrame(frame, { ...options, maxBytes: frame.length })).toMatchObject({ ok: true });
    expect(parseFrame(frame, { ...options, maxBytes: frame.length - 1 })).toMatchObject({
      refusal: { code: 'FRAME_TOO_LONG' },
    });
  });

  it('does not change the frame that it reads', () => {
    const frame = Buffer.from('\ufeff <room id="1&2">\r\n');
    const before = Buffer.from(frame);
    parseFrame(frame, { ...OPTIONS, invalidUtf8: 'refuse' });
    expect(frame).toEqual(before);
  });
});

const MEBIBYTE = 1_048_576;
const BOMBS: readonly (readonly [string, string])[] = [
  ['blanks', ' '.repeat(MEBIBYTE)],
  ['blanks in a tag', `<a${' '.repeat(MEBIBYTE - 10)}`],
  ['line ends', '\r\n'.repeat(MEBIBYTE / 2)],
  ['less-than signs', '<'.repeat(MEBIBYTE)],
  ['open comments', '<!--'.repeat(MEBIBYTE / 4)],
  ['a comment of dashes', `<a><!-- ${'- '.repeat(MEBIBYTE / 2 - 20)}`],
  ['open CDATA', '<a>'.concat('<![CDATA['.repeat(MEBIBYTE / 10))],
  ['ampersands in text', `<a>${'&'.repeat(MEBIBYTE - 10)}</a>`],
  ['an endless reference', `<a>&#${'1'.repeat(MEBIBYTE - 10)}`],
  ['one long attribute', `<a x="${'y'.repeat(MEBIBYTE - 20)}"/>`],
  ['an attribute that does not end', `<a x="${'y'.repeat(MEBIBYTE - 20)}`],
  ['many attributes', `<a ${'b="" '.repeat(MEBIBYTE / 5 - 5)}/>`],
  ['many quotes', `<a x=${`"'`.repeat(MEBIBYTE / 2 - 10)}/>`],
  ['deep nesting', '<a>'.repeat(MEBIBYTE / 3)],
  [
    'long names around many elements',
    `${`<${'n'.repeat(1000)}>`.repeat(7)}${'<a/>'.repeat(240_000)}`,
  ],
  ['many elements', `<a>${'<b/>'.repeat(MEBIBYTE / 4 - 10)}</a>`],
];

describe('fact 5: a frame of one mebibyte costs no more than its length', () => {
  it.each(BOMBS)('%s', { timeout: 120_000 }, (_name, frame) => {
    // Processor time: on a busy machine the clock on the wall measures the others, too.
    const before = process.cpuUsage();
    parseFrame(Buffer.from(frame), { ...OPTIONS, maxBytes: MEBIBYTE * 2, invalidUtf8: 'refuse' });
    const { user, system } = process.cpuUsage(before);
    // A quadratic step takes minutes here, a linear one a few seconds at most.
    expect((user + system) / 1000).toBeLessThan(8000);
  });
});
