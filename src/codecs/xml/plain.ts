import type { Element } from './element.ts';
import { ATTRIBUTES_MAX } from './tree.ts';

/**
 * Reads what most frames are: one element with attributes in double quotes and text, without a
 * reference, a comment or another element in it. Null: it is something else, maybe not well-formed, and
 * the parser has to read it. What it reads the parser would read the same, in much more time.
 */
export function readPlain(markup: string): Element | null {
  const [, name, inTag = '', text = ''] = PLAIN.exec(markup) ?? [];
  if (name === undefined || RESERVED.has(name) || text.includes(']]>')) return null;
  const attributes = new Map<string, string>();
  for (const [, key = '', value = ''] of inTag.matchAll(ATTRIBUTE)) {
    if (RESERVED.has(key) || attributes.has(key)) return null;
    attributes.set(key, value);
  }
  return attributes.size > ATTRIBUTES_MAX ? null : { name, attributes, children: [], text };
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const VALUE = '[^"<&\\t\\n]*';
const PLAIN = new RegExp(`^<(${NAME})((?: ${NAME}="${VALUE}")*) ?(?:/>|>([^<&]*)</\\1>)$`);
const ATTRIBUTE = new RegExp(` (${NAME})="(${VALUE})"`, 'g');
// The parser knows what becomes of them.
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
