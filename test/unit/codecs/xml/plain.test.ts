import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../../../src/codecs/xml/parse.ts';
import { readPlain } from '../../../../src/codecs/xml/plain.ts';
import { seededRandom } from '../../../support/random.ts';

const OPTIONS = { maxBytes: 8192, invalidUtf8: 'refuse', unclosed: ['room'] } as const;

// A comment behind it is read past, and is nothing for the short way.
const byParser = (markup: string) => parseFrame(Buffer.from(`${markup}<!---->`), OPTIONS);

describe('a plain frame', () => {
  it.each([
    '<ping />',
    '<ping/>',
    '<ping></ping>',
    '<msg from_id="6" room_id="1">Hello everyone</msg>',
    `<msg a='1'>x</msg>`,
    '<msg a="1" b=">" c="\'">> ]] é 🎉 \n\t</msg>',
    '<msg a="">x</msg>',
  ])('is read as the parser reads it: %j', (markup) => {
    const parsed = byParser(markup);
    const plain = readPlain(markup);
    if (plain !== null) expect({ ok: true, root: plain, salvaged: false }).toEqual(parsed);
    expect(parseFrame(Buffer.from(markup), OPTIONS)).toEqual(parsed);
  });

  it.each([
    '<msg>&amp;</msg>',
    '<msg>a]]>b</msg>',
    '<msg a="1" a="2"/>',
    '<msg a="&lt;"/>',
    '<msg a="<"/>',
    '<msg __proto__="1"/>',
    '<constructor/>',
    '<room id="1">',
    '<msg><b/></msg>',
    '<msg>x</mgs>',
    '<msg>x</msg><msg>y</msg>',
    `<msg ${Array.from({ length: 17 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
  ])('is not %j', (markup) => {
    expect(readPlain(markup)).toBeNull();
  });

  it('of any pieces is read as the parser reads it', () => {
    const random = seededRandom(7);
    const pieces = [
      ...['<', '>', '/', '=', '"', "'", ' ', '  ', '\t', '\n', '&', '&amp;', ']]>', '<!--', '-->'],
      ...[
        'msg',
        'room',
        'a',
        'b1',
        '_c',
        'é',
        'a="1"',
        ' b="x y"',
        ' c=">"',
        '<msg',
        '</msg>',
        '/>',
      ],
      ...['__proto__', 'text', '\uFFFD', '🎉', ' />', '<msg a="1">', '<msg>'],
    ];
    let plains = 0;
    for (let round = 0; round < 30_000; round += 1) {
      const start = random() < 0.7 ? '<msg' : '';
      const length = 1 + Math.floor(random() * 6);
      const middle = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]);
      const markup = start + middle.join('') + (random() < 0.5 ? '</msg>' : '/>');
      const plain = readPlain(markup);
      if (plain === null) continue;
      plains += 1;
      expect([markup, { ok: true, root: plain, salvaged: false }]).toEqual([
        markup,
        byParser(markup),
      ]);
    }
    expect(plains).toBeGreaterThan(200);
  });
});
