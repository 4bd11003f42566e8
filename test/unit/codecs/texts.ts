import fc from 'fast-check';
import { isDisplayName } from '../../../src/domain/ids.ts';

const TRAPS = [
  ...['&', '<', '>', '"', "'", '&lt;', '&amp;', '&nbsp;', '&foo;', '&#65;', '&#x41;', '&#0;'],
  ...[']]>', '<![CDATA[', '<!--', '-->', '<?xml version="1.0"?>', '<!DOCTYPE a>', '</msg>', '<b>'],
  ...['\r', '\n', '\r\n', '\t', ' ', '\0', '\u0001', '\u007f', '\u0085', '\u2028', '\ufeff'],
  ...['\ud800', '\udc00', '\ufffe', '\uffff', '\ufffd', '😀', '{', '[', '---', '%41', '$&', '\\'],
];

/** Whatever a web client may put into a JSON string. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...TRAPS),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

/** A name that an account or a room may have. */
export const anyName = anyText.map((text) => text.slice(0, 24)).filter(isDisplayName);

export const anyRoomId = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);
export const anyAccountId = fc.integer({ min: 1, max: 2_147_483_647 }).map(String);
