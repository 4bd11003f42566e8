import { create } from 'xmlbuilder2';
import { canonicalText } from '../../domain/text.ts';

/** A written element: well-formed XML, ready to be a frame or the child of another. */
export interface Markup {
  readonly xml: string;
}

/**
 * Writes one element: attributes in the given order, in double quotes, then text or children.
 *
 * No declaration, no white space between tags, no CDATA, and of references only `&amp; &lt; &gt;
 * &quot;` and decimal ones, which is what a Flash client reads without surprises. Without content
 * it is `<name />`. What XML cannot carry becomes U+FFFD, CR LF and CR become LF. Names are ours,
 * never a peer's.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  content: string | readonly Markup[] = '',
): Markup {
  if (typeof content === 'string') return { xml: write(name, attributes, escapeText(content)) };
  if (content.length === 0) return { xml: write(name, attributes, '') };
  // Children were written already: a list of thousands costs a join, not thousands of nodes.
  const shell = write(name, attributes, PLACE);
  const at = shell.lastIndexOf(PLACE);
  const children = content.map((child) => child.xml).join('');
  return { xml: shell.slice(0, at) + children + shell.slice(at + PLACE.length) };
}

/** The bytes of a frame: one element and one NUL. */
export function frameOf({ xml }: Markup): Buffer {
  return Buffer.from(`${xml}\0`, 'utf8');
}

function write(name: string, attributes: Readonly<Record<string, string>>, text: string): string {
  const node = create().ele(name);
  for (const [key, value] of Object.entries(attributes)) node.att(key, escapeAttribute(value));
  if (text !== '') node.txt(text);
  return node.toString({ headless: true, spaceBeforeSlash: true });
}

// xmlbuilder2 escapes `<`, `>` and `"`, but leaves an ampersand alone that looks like a reference.
// Escaped here it looks like one always.
function escapeText(text: string): string {
  return canonicalText(text).replaceAll('&', '&amp;');
}

function escapeAttribute(value: string): string {
  return escapeText(value).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}

// No canonical text has it, so it stands for the children and for nothing else.
const PLACE = '\uFFFF';
