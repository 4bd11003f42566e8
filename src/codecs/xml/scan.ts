import type { Cause } from './causes.ts';
import { repairReferences } from './references.ts';

export type Scan =
  | {
      readonly ok: true;
      /** The markup with its references repaired. */
      readonly markup: string;
      /** The name of the element when the markup is one start tag and nothing else. */
      readonly loneStartTag: string | null;
    }
  | { readonly ok: false; readonly cause: Cause };

/** How deep elements may be nested. The deepest frame of a known dialect has five levels. */
export const NESTING_MAX = 8;

/**
 * Checks each piece of markup by itself against the grammar of XML 1.0, in one pass: text, tags,
 * comments, CDATA. Neither library does. How the pieces fit together is left to the validator.
 *
 * Refuses declarations and processing instructions outside comments and CDATA, and more than
 * `NESTING_MAX` open elements. Names are those of the Basic Multilingual Plane, without U+1680 and
 * U+FEFF: the parser takes the two for blanks, and would read another name.
 */
export function scanMarkup(source: string): Scan {
  let markup = '';
  let depth = 0;
  let at = 0;
  let loneStartTag: string | null = null;
  while (at < source.length) {
    const piece = readPiece(source, at);
    if (!piece.ok) return piece;
    markup += piece.kind === 'verbatim' ? piece.source : repairReferences(piece.source);
    // The parser would drop a byte order mark here, whatever stands before it.
    if (piece.kind === 'text' && depth === 0 && !BLANKS.test(piece.source)) return TEXT_OUTSIDE;
    if (piece.kind === 'close') depth -= 1;
    if (piece.kind === 'open') depth += 1;
    if (depth + (piece.kind === 'empty' ? 1 : 0) > NESTING_MAX) return TOO_DEEP;
    loneStartTag = at === 0 && piece.kind === 'open' ? piece.name : null;
    at += piece.source.length;
  }
  return { ok: true, markup, loneStartTag };
}

type Piece =
  | { readonly ok: true; readonly source: string; readonly kind: 'open'; readonly name: string }
  | {
      readonly ok: true;
      readonly source: string;
      /** `verbatim`: comments and CDATA, where an ampersand is just one. */
      readonly kind: 'empty' | 'close' | 'text' | 'verbatim';
    }
  | { readonly ok: false; readonly cause: Cause };

function readPiece(source: string, at: number): Piece {
  if (source[at] !== '<') return readText(source, at);
  if (source.startsWith('<!--', at)) return readComment(source, at);
  if (source.startsWith('<![CDATA[', at)) return readCdata(source, at);
  if (source.startsWith('<!', at)) return { ok: false, cause: 'declaration' };
  if (source.startsWith('<?', at)) return { ok: false, cause: 'instruction' };
  return readTag(source, at);
}

function readText(source: string, at: number): Piece {
  const end = source.indexOf('<', at);
  const text = source.slice(at, end === -1 ? source.length : end);
  return text.includes(']]>') ? MALFORMED : { ok: true, source: text, kind: 'text' };
}

function readComment(source: string, at: number): Piece {
  const end = source.indexOf('--', at + '<!--'.length);
  if (end === -1 || source[end + 2] !== '>') return MALFORMED;
  return { ok: true, source: source.slice(at, end + '-->'.length), kind: 'verbatim' };
}

function readCdata(source: string, at: number): Piece {
  const end = source.indexOf(']]>', at);
  if (end === -1) return MALFORMED;
  return { ok: true, source: source.slice(at, end + ']]>'.length), kind: 'verbatim' };
}

/** The start tag that a text begins with, and the name in it; null when it begins otherwise. */
export function startTagOf(source: string): { tag: string; name: string } | null {
  const piece = readTag(source, 0);
  return piece.ok && piece.kind === 'open' ? { tag: piece.source, name: piece.name } : null;
}

function readTag(source: string, at: number): Piece {
  TAG.lastIndex = at;
  const match = TAG.exec(source);
  if (match === null) return MALFORMED;
  const [tag, name, slash] = match;
  if (name === undefined) return { ok: true, source: tag, kind: 'close' };
  if (slash === '/') return { ok: true, source: tag, kind: 'empty' };
  return { ok: true, source: tag, kind: 'open', name };
}

const MALFORMED = { ok: false, cause: 'malformed' } as const;
const TEXT_OUTSIDE = { ok: false, cause: 'textOutside' } as const;
const BLANKS = /^[ \t\n]*$/;
const TOO_DEEP = { ok: false, cause: 'tooDeep' } as const;

const FIRST =
  ':A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F\\u1681-\\u1FFF' +
  '\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD';
const NAME = `[${FIRST}][${FIRST}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;
// Line ends are LF by now. No part can match what the part before it gave back, so it is linear.
const BLANK = '[ \\t\\n]';
const ATTRIBUTE = `${BLANK}+${NAME}${BLANK}*=${BLANK}*(?:"[^<"]*"|'[^<']*')`;
const TAG = new RegExp(`<(?:(${NAME})(?:${ATTRIBUTE})*${BLANK}*(/?)|/${NAME}${BLANK}*)>`, 'y');
