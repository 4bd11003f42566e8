import type { Cause } from './causes.ts';
import type { Element } from './element.ts';
import { decodeReferences } from './references.ts';

export type ReadRoot =
  | { readonly ok: true; readonly element: Element }
  | { readonly ok: false; readonly cause: Cause };

/** How many attributes an element may have. */
export const ATTRIBUTES_MAX = 16;

/**
 * Turns what the parser gives, in its ordered form, into the one element of a frame. Beside that
 * element there may be comments and white space.
 */
export function readRoot(nodes: unknown): ReadRoot {
  let root: Element | null = null;
  for (const { key, value, attributes } of entriesOf(nodes)) {
    if (key === '#comment') continue;
    if (key === '#cdata') return { ok: false, cause: 'textOutside' };
    if (key === '#text') {
      if (!BLANKS.test(String(value))) return { ok: false, cause: 'textOutside' };
      continue;
    }
    if (root !== null) return { ok: false, cause: 'severalRoots' };
    const read = readElement(key, value, attributes);
    if (!read.ok) return read;
    root = read.element;
  }
  return root === null ? { ok: false, cause: 'malformed' } : { ok: true, element: root };
}

function readElement(name: string, content: unknown, rawAttributes: unknown): ReadRoot {
  const attributes = readAttributes(rawAttributes);
  if (attributes.size > ATTRIBUTES_MAX) return { ok: false, cause: 'tooManyAttributes' };
  // A duplicate of it is not seen by the validator, so there is none of it.
  if (attributes.has('__proto__')) return { ok: false, cause: 'reservedName' };
  const children: Element[] = [];
  let text = '';
  for (const { key, value, attributes } of entriesOf(content)) {
    if (key === '#comment') continue;
    if (key === '#text') text += decodeReferences(String(value));
    else if (key === '#cdata') text += literalText(value);
    else {
      const child = readElement(key, value, attributes);
      if (!child.ok) return child;
      children.push(child.element);
    }
  }
  return { ok: true, element: { name, attributes, children, text } };
}

function readAttributes(raw: unknown): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  if (typeof raw !== 'object' || raw === null) return attributes;
  for (const [prefixed, value] of Object.entries(raw)) {
    // XML: white space in an attribute is a blank; only references bring line ends and tabs.
    const normalised = String(value).replace(/[\t\n]/g, ' ');
    attributes.set(prefixed.slice('@'.length), decodeReferences(normalised));
  }
  return attributes;
}

function literalText(content: unknown): string {
  let text = '';
  for (const { value } of entriesOf(content)) text += String(value);
  return text;
}

/** The parser's nodes: objects with one key, the name, and `:@` beside it for attributes. */
function* entriesOf(
  nodes: unknown,
): Generator<{ key: string; value: unknown; attributes: unknown }> {
  if (!Array.isArray(nodes)) return;
  for (const node of nodes) {
    const entries: [string, unknown][] = Object.entries(node);
    const attributes = entries.find(([key]) => key === ATTRIBUTES)?.[1];
    for (const [key, value] of entries) {
      if (key !== ATTRIBUTES) yield { key, value, attributes };
    }
  }
}

const ATTRIBUTES = ':@';
const BLANKS = /^[ \t\n]*$/;
