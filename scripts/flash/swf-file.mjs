import { uint16 } from './avm1-assembler.mjs';

/**
 * An uncompressed SWF of one frame that runs `actions`.
 * Sizes are in pixels; `version` 6 to 8, where ExternalInterface needs 8.
 */
export function swfFile(actions, { version, width, height, framesPerSecond, background }) {
  const body = [
    ...rectangle(width * TWIPS, height * TWIPS),
    ...[0, framesPerSecond],
    ...uint16(1),
    ...(version >= 8 ? tag(FILE_ATTRIBUTES, uint32(0)) : []),
    ...tag(SET_BACKGROUND, background),
    ...tag(DO_ACTION, actions),
    ...tag(SHOW_FRAME, []),
    ...tag(END, []),
  ];
  const signature = [...Buffer.from('FWS'), version];
  return Buffer.from([...signature, ...uint32(body.length + HEADER_BYTES), ...body]);
}

function tag(code, content) {
  if (content.length < LONG_TAG) return [...uint16((code << 6) | content.length), ...content];
  return [...uint16((code << 6) | LONG_TAG), ...uint32(content.length), ...content];
}

// Five bits that say how many bits each of the four numbers has, then left, right, top, bottom.
function rectangle(right, bottom) {
  const fields = [0, right, 0, bottom].map((each) =>
    each.toString(2).padStart(RECTANGLE_BITS, '0'),
  );
  const bits = RECTANGLE_BITS.toString(2).padStart(5, '0') + fields.join('');
  return bits.match(/.{1,8}/g).map((each) => Number.parseInt(each.padEnd(8, '0'), 2));
}

function uint32(value) {
  return [...uint16(value & 0xffff), ...uint16(value >>> 16)];
}

const TWIPS = 20;
const RECTANGLE_BITS = 16;
const HEADER_BYTES = 8;
const LONG_TAG = 63;
const END = 0;
const SHOW_FRAME = 1;
const SET_BACKGROUND = 9;
const DO_ACTION = 12;
const FILE_ATTRIBUTES = 69;
