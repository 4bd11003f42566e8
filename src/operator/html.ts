/** Markup that is safe to send: made by `html` and nothing else. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[] | null;

/** Writes HTML. What is put in is text and is escaped, unless it was written by `html` itself. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = pieces.map((piece, index) => piece + textOf(parts[index] ?? null));
  return new Html(texts.join(''));
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(SPECIAL, (character) => ESCAPES.get(character) ?? '\uFFFD');
}

// Control characters are in no HTML; those that turn the direction of text would turn ours.
const SPECIAL = /[&<>"'`\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);
