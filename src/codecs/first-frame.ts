/**
 * What a frame looks like that begins with an element and has an attribute in its start tag; what
 * follows that attribute does not matter. `attribute` is a pattern; values of attributes before it are
 * not looked into. Matches in linear time.
 */
export function beginningWith(element: string, attribute: string): RegExp {
  return new RegExp(`^${PROLOGUE}<${element}(?:\\s+${OTHER})*?\\s+${attribute}`);
}

const PROLOGUE = '[\\s\\ufeff]*(?:<\\?xml[^>]*>\\s*)?';
const OTHER = `[^\\s=<>"'/]+\\s*=\\s*(?:"[^"]*"|'[^']*')`;
