import { canonicalText } from '../../domain/text.ts';

/**
 * Makes every `&` the begin of a reference that `decodeReferences` knows: a bare one, and one of an
 * unknown entity, becomes `&amp;`; a reference to a character that XML cannot carry becomes U+FFFD.
 */
export function repairReferences(markup: string): string {
  if (!markup.includes('&')) return markup;
  return markup.replace(REFERENCE, (reference, entity, decimal, hexadecimal) => {
    if (entity !== undefined) return reference;
    if (decimal === undefined && hexadecimal === undefined) return '&amp;';
    return character(decimal, hexadecimal) === null ? '\uFFFD' : reference;
  });
}

/** Replaces each reference once; what a reference stands for is not looked at again. */
export function decodeReferences(markup: string): string {
  if (!markup.includes('&')) return markup;
  return markup.replace(REFERENCE, (reference, entity, decimal, hexadecimal) => {
    if (entity !== undefined) return ENTITIES.get(entity) ?? reference;
    return character(decimal, hexadecimal) ?? reference;
  });
}

function character(decimal: string | undefined, hexadecimal: string | undefined): string | null {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  if (!(code <= 0x10ffff)) return null;
  const char = String.fromCodePoint(code);
  // CR is legal as a reference, and only as one.
  return char === '\r' || canonicalText(char) === char ? char : null;
}

const REFERENCE = /&(?:(amp|lt|gt|quot|apos);|#([0-9]+);|#x([0-9A-Fa-f]+);)?/g;

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
