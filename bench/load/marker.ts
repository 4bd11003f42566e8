/**
 * What is said in a bench: a number between markers that no framing and no vocabulary makes, so that
 * one scanner counts deliveries on every wire.
 */
export function textOf(number: number, kind: TextKind = 'short'): string {
  const texts = TEXTS[kind];
  return `~~${String(number).padStart(DIGITS, '0')} ${texts[number % texts.length]}`;
}

export type TextKind = 'short' | 'talk' | 'long';

/** Finds the numbers in a byte stream, wherever it is cut. */
export class MarkerScanner {
  #rest: Buffer | null = null;

  scan(chunk: Buffer, onNumber: (number: number) => void): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    let at = bytes.indexOf(TILDE);
    while (at !== -1) {
      if (at + 2 + DIGITS > bytes.length) {
        this.#rest = Buffer.from(bytes.subarray(at));
        return;
      }
      if (bytes[at + 1] === TILDE) {
        onNumber(numberAt(bytes, at + 2));
        at += 1 + DIGITS;
      }
      at = bytes.indexOf(TILDE, at + 1);
    }
  }
}

function numberAt(bytes: Buffer, start: number): number {
  let number = 0;
  for (let at = start; at < start + DIGITS; at += 1) number = number * 10 + (bytes[at] ?? 0) - ZERO;
  return number;
}

const TILDE = 0x7e;
const ZERO = 0x30;
const DIGITS = 8;

/** `talk` is of lengths as people type them. */
const TEXTS: Readonly<Record<TextKind, readonly string[]>> = {
  short: ['Hello everyone in here'],
  long: ['x'.repeat(1000)],
  talk: [
    'hi',
    'is the meeting still at nine?',
    'yes, and bring the drawings of the new client please',
    'ok',
    'I have tried it with the long list now, and it does not flicker any more',
    'lol',
    'Who can tell me why the socket closes when I leave the page? It says nothing in the trace window.',
    'brb',
  ],
};
