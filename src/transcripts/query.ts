import { isAscii } from 'node:buffer';
import { fold } from './fold.ts';

/** What one looks for: every term must be there. */
interface Term {
  /** Words, folded, with a blank before each; without letters or digits: the characters themselves. */
  readonly wanted: string;
  readonly isWords: boolean;
  /** Written without blanks between words: it may begin anywhere. */
  readonly anywhere: boolean;
}

/**
 * Words and "phrases" to look for. A word is found where a word of the text begins with it, without regard
 * to case and accents: `deadline` finds `Deadlines!` and not `headline`. In a phrase the words follow each
 * other, whatever stands between them. Where a script has no blanks between words, and for signs, it is
 * found anywhere.
 */
export class Query {
  readonly #terms: readonly Term[];
  /** What a text must have in it, once it is folded: the words of all terms. */
  readonly #pieces: readonly string[];
  /** Those of them that JSON does not escape. Null: no text of ASCII matches. */
  readonly #needles: readonly string[] | null;

  constructor(text: string) {
    this.#terms = [...fold(text).matchAll(TERMS)].flatMap(([, phrase, word]) =>
      termOf(phrase ?? word ?? ''),
    );
    this.#pieces = this.#terms.flatMap(({ wanted }) => wanted.trim().split(' '));
    const plain = this.#pieces.filter((piece) => !/["\\]/.test(piece));
    this.#needles = this.#pieces.every((piece) => ASCII.test(piece)) ? plain : null;
  }

  /** There is nothing to look for: everything matches. */
  get isEmpty(): boolean {
    return this.#terms.length === 0;
  }

  matches(text: string): boolean {
    const folded = fold(text);
    // Most texts end here: to part one into words costs more than all the rest.
    if (!this.#pieces.every((piece) => folded.includes(piece))) return false;
    const words = ` ${folded.replace(BETWEEN_WORDS, ' ')}`;
    return this.#terms.every(({ wanted, isWords, anywhere }) => {
      if (!isWords) return folded.includes(wanted);
      return words.includes(anywhere ? wanted.trimStart() : wanted);
    });
  }

  /**
   * False only where no text in a stored event can match, told from its bytes: so most of a log need not
   * be parsed.
   */
  mayMatch(payload: Uint8Array): boolean {
    if (!isAscii(payload)) return true;
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      .toString('latin1')
      .toLowerCase();
    if (this.#needles?.every((needle) => text.includes(needle))) return true;
    // Another writer may have escaped what we do not.
    return text.includes('\\u');
  }
}

function termOf(text: string): Term[] {
  const words = text.replace(BETWEEN_WORDS, ' ').trim();
  if (words !== '') return [{ wanted: ` ${words}`, isWords: true, anywhere: UNSPACED.test(words) }];
  const signs = text.trim();
  return signs === '' ? [] : [{ wanted: signs, isWords: false, anywhere: true }];
}

const TERMS = /"([^"]*)"?|([^\s"]+)/g;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ASCII = /^[\0-\x7f]*$/;
