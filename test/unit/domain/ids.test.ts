import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId, isDisplayName, messageId, nameKey, roomId } from '../../../src/domain/ids.ts';

describe('ids', () => {
  it.each([
    ['room id', roomId, ['1', 'Lobby_1-x', 'a'.repeat(32)]],
    ['account id', accountId, ['1', '2147483647']],
    ['message id', messageId, ['a', '!~', 'x'.repeat(64)]],
  ])('a %s', (_name, schema, good) => {
    for (const id of good) expect(schema.safeParse(id).success).toBe(true);
  });

  it.each([
    ['room id', roomId, ['', 'a'.repeat(33), 'a.b', 'a b', '*', '>', 'a\n', 'é']],
    [
      'account id',
      accountId,
      ['', '0', '01', '-1', '1.5', '2147483648', '99999999999', '１', '6\n'],
    ],
    ['message id', messageId, ['', ' ', 'a b', 'x'.repeat(65), 'é', 'a\r', 'a\n']],
  ])('no %s', (_name, schema, bad) => {
    for (const id of bad) expect([id, schema.safeParse(id).success]).toEqual([id, false]);
  });
});

describe('a name', () => {
  it.each(['a', 'enobrev', 'Lobby 1', 'José', '李', '\u{1F600}'.repeat(32), 'o\'<&>"'])(
    'may be %s',
    (name) => expect(isDisplayName(name)).toBe(true),
  );

  it.each([
    ...['', ' ', ' a', 'a ', 'a\nb', 'a\tb', 'a\u0000', 'a\u202Eb', 'a\u200Bb', 'a\uFEFFb'],
    ...['a\u2028b', '\uD800', 'a'.repeat(33), '\u00A0a', '\u0085'],
  ])('may not be %j', (name) => expect(isDisplayName(name)).toBe(false));

  it('of printable ASCII may be 1 to 32 characters without blanks at the ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 34 }), (name) => {
        const may = name.length >= 1 && name.length <= 32 && name.trim() === name;
        expect(isDisplayName(name)).toBe(may);
      }),
    );
  });

  it('is the same in other letters', () => {
    const same = ['Ann', 'ann', 'ANN', 'ａｎｎ', 'ＡＮＮ'].map(nameKey);
    expect(new Set(same)).toEqual(new Set(['ann']));
    expect(nameKey('Jose\u0301')).toBe(nameKey('JOS\u00C9'));
    expect(nameKey('\uFB01x')).toBe('fix');
    expect(nameKey('ann')).not.toBe(nameKey('an'));
  });
});
