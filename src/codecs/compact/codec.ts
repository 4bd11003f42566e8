import type { Codec } from '../codec.ts';
import type { DialectOptions } from '../dialect.ts';
import { frameOf } from '../xml/build.ts';
import { decode } from './decode.ts';
import { encodeEvent, encodeReply, encodeWhisper } from './encode.ts';

/** The vocabulary of the conversation of 2004 (protocol.md §3.1). */
export function createCompactCodec(options: DialectOptions): Codec {
  const reading = { maxBytes: options.frameMaxBytes, invalidUtf8: options.invalidUtf8 };
  return {
    name: 'compact',
    via: 'xml',
    rooms: 'one',
    decode: (frame) => decode(frame, reading),
    encodeReply: (reply) => encodeReply(reply, options).map(frameOf),
    encodeEvent: (logged) => encodeEvent(logged).map(frameOf),
    encodeWhisper: (logged) => encodeWhisper(logged).map(frameOf),
  };
}
