/**
 * A text as it is compared: without case, accents and the width of characters. `Ärger`, `arger` and
 * `ＡＲＧＥＲ` are the same, and so are `Straße` and `STRASSE`. Of ASCII it is the text in lower case.
 */
export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : foldAny(text);
}

function foldAny(text: string): string {
  const plain = text.normalize('NFKD').replace(ACCENTS, '');
  // By way of the upper case: only so are `ß` and `ss` one, and the two forms of a sigma.
  const lower = plain.toUpperCase().toLowerCase().replace(ACCENTS, '').replaceAll('ς', 'σ');
  return lower.replace(STROKED, (letter) => PLAIN[letter] ?? letter).normalize('NFC');
}

const ASCII = /^[\0-\x7f]*$/;
const ACCENTS = /[\u0300-\u036f]/g;
// Letters of which no accent can be taken.
const PLAIN: Readonly<Record<string, string>> = {
  ...{ ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ı: 'i', æ: 'ae', œ: 'oe', þ: 'th' },
};
const STROKED = /[øłđðħŧıæœþ]/g;
