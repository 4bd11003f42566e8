import type { Codec } from '../codec.ts';
import type { Dialect, DialectOptions } from '../dialect.ts';
import { beginningWith } from '../first-frame.ts';
import { frameOf } from '../xml/build.ts';
import { decode } from './decode.ts';
import { SmartFoxEncoder } from './encode.ts';

/** The core of the vocabulary of SmartFoxServer 1.x (protocol.md §3.4). */
export const SMARTFOX1: Dialect = {
  name: 'smartfox1',
  cannotSay: new Set(['room.created']),
  recognises: (frame) => FIRST_FRAME.test(frame.toString('utf8')),
  create: createSmartFoxCodec,
};

export function createSmartFoxCodec(options: DialectOptions): Codec {
  const { frameMaxBytes: maxBytes, invalidUtf8 } = options;
  const reading = { maxBytes, invalidUtf8, unclosed: [] };
  const encoder = new SmartFoxEncoder();
  return {
    name: 'smartfox1',
    via: 'xml',
    catchUp: true,
    rooms: 'one',
    decode: (frame) => decode(frame, reading, encoder.rooms),
    encodeReply: (reply) => encoder.reply(reply).map(frameOf),
    encodeEvent: (logged, view) => encoder.event(logged, view).map(frameOf),
    crowds: {
      encodeEvent: (logged) => encoder.eventInCrowd(logged).map(frameOf),
      encodeSum: (_sum, view) => encoder.sum(view).map(frameOf),
    },
    encodeWhisper: (logged, reader) => encoder.whisper(logged, reader).map(frameOf),
  };
}

const FIRST_FRAME = beginningWith('msg', 't\\s*=\\s*["\']sys["\']');
