import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/transcripts/fold.ts';
import { Query } from '../../../src/transcripts/query.ts';
import { ANN, events } from './story.ts';

describe('a query', () => {
  it.each([
    ['a word', 'deadline', 'The deadline is Friday.'],
    ['without regard to case', 'DeadLine', 'THE DEADLINE!'],
    ['the begin of a word', 'dead', 'a deadline'],
    ['more than one word, in any order', 'friday deadline', 'The deadline is Friday.'],
    ['a phrase', '"deadline is"', 'The deadline is Friday.'],
    ['a phrase with other things between', '"deadline is"', 'The deadline\n -- is Friday.'],
    ['a phrase that has no end', '"deadline is', 'the deadline is'],
    ['accents in the text', 'arger', 'Viel Ärger'],
    ['accents in the query', 'ÄRGER', 'Viel Arger'],
    ['accents that are characters of their own', 'cafe', 'cafe\u0301'],
    ['a sharp s', 'strasse', 'Straße'],
    ['two s for a sharp one', 'Straße', 'STRASSE'],
    ['strokes', 'lodz oresund', 'Łódź, Øresund'],
    ['wide letters', 'abc', 'ＡＢＣ'],
    ['a ligature', 'office', 'oﬃce'],
    ['a dotted I', 'istanbul', 'İSTANBUL'],
    ['either sigma', 'οδος', 'ΟΔΟΣ'],
    ['Cyrillic', 'срок', 'СРОК в пятницу'],
    ['what has no blanks between words', '会议', '明天会议开始'],
    ['Thai', 'ประชุม', 'การประชุมวันนี้'],
    ['Korean', '회의', '오늘 회의 있음'],
    ['a word with an apostrophe', "don't", 'I DON’T know, I don"t'],
    ['an address', 'example.com/x', 'see http://example.com/x?y'],
    ['signs', '++', 'i++'],
    ['an emoji', '🎉', 'done 🎉'],
    ['a number', '42', 'the answer: 42'],
    ['nothing', '', 'anything'],
  ])('finds %s', (_what, query, text) => {
    expect(new Query(query).matches(text)).toBe(true);
    expect(new Query(query).mayMatch(bytesOf(text))).toBe(true);
  });

  it.each([
    ['the middle of a word', 'line', 'a deadline'],
    ['one word of two', 'deadline monday', 'The deadline is Friday.'],
    ['words of a phrase in another order', '"is deadline"', 'The deadline is Friday.'],
    ['words of a phrase that do not follow each other', '"the is"', 'The deadline is Friday.'],
    ['a word that is shorter', 'deadlines', 'a deadline'],
    ['another script', 'срок', 'srok'],
  ])('does not find %s', (_what, query, text) => {
    expect(new Query(query).matches(text)).toBe(false);
  });

  it('is empty without anything to look for', () => {
    for (const text of ['', ' ', '"', '""', '" "']) expect(new Query(text).isEmpty).toBe(true);
    for (const text of ['a', '"a"', '++', '"a']) expect(new Query(text).isEmpty).toBe(false);
  });

  it('parses no event that cannot match', () => {
    expect(new Query('deadline').mayMatch(bytesOf('The meeting is on Friday.'))).toBe(false);
    expect(new Query('срок').mayMatch(bytesOf('deadline'))).toBe(false);
  });

  it('reads what another writer has escaped', () => {
    expect(new Query('deadline').mayMatch(Buffer.from('{"text":"\\u0064eadline"}'))).toBe(true);
  });

  it('is never wrong about the bytes: what matches may match', () => {
    const piece = fc.oneof(
      fc.constantFrom('deadline', 'Ärger', '"', '\\', '\n', ' ', 'ﬁ', 'K', 'ß', '会', '++', "'"),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (words, said) => {
        const query = new Query(words);
        return !query.matches(said) || query.mayMatch(bytesOf(said));
      }),
      { numRuns: 3000 },
    );
  });

  it('finds every word of what was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (said) => {
        const words = said.match(/[^\s"]+/g) ?? [];
        return words.every((word) => new Query(word).matches(said));
      }),
      { numRuns: 1000 },
    );
  });
});

it('a folded text is the same folded again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      const folded = fold(text);
      return fold(folded) === folded;
    }),
  );
});

function bytesOf(text: string): Uint8Array {
  const [said] = events('1', '2026-03-27T12:00:00.000Z', [
    { type: 'message.posted', from: ANN, text },
  ]);
  return Buffer.from(JSON.stringify(said?.event));
}
