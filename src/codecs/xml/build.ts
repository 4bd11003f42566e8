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
  // Children were written already, each by itself.
  const inner = typeof content === 'string' ? escapeText(content) : content.map(xmlOf).join('');
  const pieces = piecesOf(name, Object.keys(attributes), inner !== '');
  let [xml = ''] = pieces;
  let next = 1;
  for (const value of Object.values(attributes)) {
    xml += escapeAttribute(value) + pieces[next];
    next += 1;
  }
  return { xml: inner === '' ? xml : xml + inner + pieces[next] };
}

/** The bytes of a frame: one element and one NUL. */
export function frameOf({ xml }: Markup): Buffer {
  return Buffer.from(`${xml}\0`, 'utf8');
}

const xmlOf = ({ xml }: Markup): string => xml;

// What is around the values of an element. The builder makes it once for each name and its attributes:
// a roster of thousands costs some joins, not thousands of documents.
const known = new Map<string, readonly string[]>();

function piecesOf(name: string, keys: readonly string[], hasContent: boolean): readonly string[] {
  const shape = `${name} ${keys.join(' ')}${hasContent ? '>' : '/>'}`;
  const before = known.get(shape);
  if (before !== undefined) return before;
  const node = create().ele(name);
  for (const key of keys) node.att(key, PLACE);
  if (hasContent) node.txt(PLACE);
  const pieces = node.toString({ headless: true, spaceBeforeSlash: true }).split(PLACE);
  if (known.size >= SHAPES_MAX) known.clear();
  known.set(shape, pieces);
  return pieces;
}

function escapeText(text: string): string {
  return canonicalText(text).replace(/[&<>]/g, (character) => REFERENCES[character] ?? character);
}

function escapeAttribute(value: string): string {
  return canonicalText(value).replace(
    /[&<>"\t\n]/g,
    (character) => REFERENCES[character] ?? character,
  );
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
};
// No canonical text has it, so it stands for a value and for nothing else.
const PLACE = '\uFFFF';
// Names are ours, and few.
const SHAPES_MAX = 1000;
