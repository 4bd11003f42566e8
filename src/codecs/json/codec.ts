import type { Codec } from '../codec.ts';
import { decode } from './decode.ts';
import { eventBody, replyBody, whisperBody } from './encode.ts';

/** The vocabulary of web clients: one JSON object a frame (protocol.md §4). */
export function createJsonCodec(options: { readonly frameMaxBytes: number }): Codec {
  return {
    name: 'json',
    via: 'json',
    catchUp: false,
    rooms: 'many',
    decode: (frame) => decode(frame, options.frameMaxBytes),
    // Closing with 1000 says goodbye.
    encodeReply: (reply, ref) => (reply.type === 'goodbye' ? [] : [frameOf(replyBody(reply, ref))]),
    encodeEvent: (logged) => [frameOf(eventBody(logged))],
    crowds: null,
    encodeWhisper: (logged) => [frameOf(whisperBody(logged))],
  };
}

function frameOf(body: object): Buffer {
  return Buffer.from(JSON.stringify(body), 'utf8');
}
