/**
 * What is said in a bench: a number between markers that no framing and no vocabulary makes, so that
 * one scanner counts deliveries on every wire.
 */
export function textOf(number: number, padding = PADDING): string {
  return `~~${String(number).padStart(DIGITS, '0')}${padding}`;
}

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
const PADDING = ' Hello everyone in here';
