import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type Refusal, refusal } from '../../domain/refusals.ts';
import { canonicalText } from '../../domain/text.ts';
import { CAUSES, type Cause } from './causes.ts';
import { type InvalidUtf8, readCharacters } from './characters.ts';
import type { Element } from './element.ts';
import { readPlain } from './plain.ts';
import { NESTING_MAX, scanMarkup } from './scan.ts';
import { readRoot } from './tree.ts';

export interface ParseOptions {
  readonly maxBytes: number;
  readonly invalidUtf8: InvalidUtf8;
  /** Elements without content, whose start tag alone in a frame is read as the whole element. */
  readonly unclosed: readonly string[];
}

export type Parsed =
  | {
      readonly ok: true;
      readonly root: Element;
      /** True when the frame was not well-formed XML and was repaired. */
      readonly salvaged: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads one frame, without its NUL, as one element. Never throws; refuses with `BAD_FRAME`, or
 * `FRAME_TOO_LONG` above `maxBytes`.
 *
 * Repairs bare ampersands, characters that XML cannot carry (they become U+FFFD) and the unclosed
 * start tags named in the options. Read past: white space around the element, a byte order mark, an
 * XML declaration, comments. Refused: all else that is not well-formed, declarations, processing
 * instructions, more than 8 levels, more than 16 attributes of one element, and the names
 * `__proto__`, `constructor` and `prototype` for elements and `__proto__` for attributes.
 */
export function parseFrame(frame: Buffer, options: ParseOptions): Parsed {
  const document = openDocument(frame, options);
  if (!document.ok) return document;
  const { body, repaired } = document;

  const plain = readPlain(body);
  if (plain !== null) return { ok: true, root: plain, salvaged: repaired };

  const scan = scanMarkup(body);
  if (!scan.ok) return refuse(scan.cause);
  const unclosed = scan.loneStartTag !== null && options.unclosed.includes(scan.loneStartTag);
  const markup = unclosed ? `${scan.markup.slice(0, -1)}/>` : scan.markup;

  const root = readElement(markup);
  if (!root.ok) return refuse(root.cause);
  const salvaged = repaired || unclosed || scan.markup !== body;
  return { ok: true, root: root.element, salvaged };
}

type Document =
  | { readonly ok: true; readonly body: string; readonly repaired: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/** The text of a frame that should be one element; refuses what is too long, no UTF-8, or empty. */
export function openDocument(frame: Buffer, options: ParseOptions): Document {
  if (frame.length > options.maxBytes) return { ok: false, refusal: refusal('FRAME_TOO_LONG') };
  const characters = readCharacters(frame, options.invalidUtf8);
  if (characters === null) return refuse('notUtf8');
  const received = characters.text.replace(/\r\n?/g, '\n');
  const legal = canonicalText(received);
  const { body, repaired } = unwrap(legal);
  if (body === '') return refuse('empty');
  return { ok: true, body, repaired: repaired || characters.fellBack || legal !== received };
}

/** The document without what may stand around it: byte order mark, declaration, white space. */
function unwrap(text: string): { body: string; repaired: boolean } {
  const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const trimmed = trim(unmarked);
  const declaration = DECLARATION.exec(trimmed);
  if (declaration === null) return { body: trimmed, repaired: false };
  // XML wants its declaration to be the very first thing.
  const repaired = !unmarked.startsWith(declaration[0]);
  return { body: trim(trimmed.slice(declaration[0].length)), repaired };
}

/** Removes XML's white space only, and in linear time, which `/\s+$/` is not. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09;
}

function readElement(markup: string): ReturnType<typeof readRoot> {
  if (XMLValidator.validate(markup) !== true) return { ok: false, cause: 'malformed' };
  let nodes: unknown;
  try {
    // The parser drops text behind the last element unless something follows it.
    nodes = PARSER.parse(`${markup}<!---->`);
  } catch {
    // After the scan and the validator, the parser's own list of dangerous names is what is left.
    return { ok: false, cause: 'reservedName' };
  }
  return readRoot(nodes);
}

function refuse(cause: Cause): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: refusal('BAD_FRAME', CAUSES[cause]) };
}

const DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;

const PARSER = new XMLParser({
  // In order, several roots, text outside them and CDATA stay visible.
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are decoded in tree.ts, exactly once, and never in CDATA.
  processEntities: false,
  cdataPropName: '#cdata',
  commentPropName: '#comment',
  jPath: false,
  maxNestedTags: NESTING_MAX,
  // Not `__toString`: nodes are looked at by their own keys only.
  onDangerousProperty: (name) => name,
});
