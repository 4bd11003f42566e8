import { openDocument, type Parsed, type ParseOptions, parseFrame } from './parse.ts';
import { startTagOf } from './scan.ts';

/**
 * Reads one frame as `parseFrame` does. A frame that is refused and begins with the start tag of an
 * element in `textOnly` is read as that element with everything up to its end tag, or to the end of
 * the frame, as its text, letter for letter: what old clients send that paste a person's words between
 * two tags. It is text from then on, so nothing in it can become markup.
 */
export function parseOrSalvage(
  frame: Buffer,
  options: ParseOptions & { readonly textOnly: readonly string[] },
): Parsed {
  const parsed = parseFrame(frame, options);
  if (parsed.ok && parsed.root.children.length === 0) return parsed;
  if (parsed.ok && !options.textOnly.includes(parsed.root.name)) return parsed;
  return salvage(frame, options) ?? parsed;
}

function salvage(
  frame: Buffer,
  options: ParseOptions & { readonly textOnly: readonly string[] },
): Parsed | null {
  const document = openDocument(frame, options);
  if (!document.ok) return null;
  const start = startTagOf(document.body);
  if (start === null || !options.textOnly.includes(start.name)) return null;
  const element = parseFrame(Buffer.from(`${start.tag.slice(0, -1)}/>`), options);
  if (!element.ok) return null;
  const end = `</${start.name}>`;
  const rest = document.body.slice(start.tag.length);
  const text = rest.endsWith(end) ? rest.slice(0, -end.length) : rest;
  return { ok: true, root: { ...element.root, text }, salvaged: true };
}
