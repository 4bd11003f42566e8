/**
 * The one place where a person's text becomes canonical (protocol.md §5.3), before it is an event.
 *
 * XML 1.0 cannot carry U+0000-0008, U+000B, U+000C, U+000E-001F, lone surrogates, U+FFFE and U+FFFF,
 * not even as a reference, and turns CR into LF. Both wires and the log must hold the same text, so
 * what cannot be carried becomes U+FFFD and CR LF or CR becomes LF.
 */
export function canonicalText(text: string): string {
  const replaced = text.toWellFormed().replace(ILLEGAL, '\uFFFD');
  return replaced.includes('\r') ? replaced.replace(/\r\n?/g, '\n') : replaced;
}

/** True for text that `canonicalText` would leave as it is. */
export function isCanonicalText(text: string): boolean {
  return canonicalText(text) === text;
}

/** Length in Unicode code points, the unit of every text limit. */
export function codePointLength(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // The second half of a pair was counted with its first.
    if (unit < 0xdc00 || unit > 0xdfff) length += 1;
  }
  return length;
}

const ILLEGAL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
