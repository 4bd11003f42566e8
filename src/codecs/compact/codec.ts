import type { Codec } from '../codec.ts';
import type { Dialect, DialectOptions } from '../dialect.ts';
import { frameOf } from '../xml/build.ts';
import { decode } from './decode.ts';
import { CompactEncoder } from './encode.ts';

/** The vocabulary of the conversation of 2004 (protocol.md §3.1). It takes whoever no other does. */
export const COMPACT: Dialect = {
  name: 'compact',
  cannotSay: new Set(['room.created']),
  recognises: () => true,
  create: createCompactCodec,
};

export function createCompactCodec(options: DialectOptions): Codec {
  const reading = { maxBytes: options.frameMaxBytes, invalidUtf8: options.invalidUtf8 };
  const encoder = new CompactEncoder(options);
  return {
    name: 'compact',
    via: 'xml',
    catchUp: true,
    rooms: 'one',
    decode: (frame) => decode(frame, reading),
    encodeReply: (reply) => encoder.reply(reply).map(frameOf),
    encodeEvent: (logged, view) => encoder.event(logged, view).map(frameOf),
    crowds: {
      encodeEvent: (logged) => encoder.eventInCrowd(logged).map(frameOf),
      encodeSum: (sum) => encoder.sum(sum).map(frameOf),
    },
    encodeWhisper: (logged) => encoder.whisper(logged).map(frameOf),
  };
}
