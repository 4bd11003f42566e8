import type { Command } from '../../domain/commands.ts';
import type { Codec } from '../codec.ts';
import { decode, PASSWORD_LENGTH_MAX, USER_LENGTH_MAX, VERBS } from '../compact/decode.ts';
import { CompactEncoder } from '../compact/encode.ts';
import type { Dialect, DialectOptions } from '../dialect.ts';
import { beginningWith } from '../first-frame.ts';
import { frameOf } from '../xml/build.ts';
import type { Fields } from '../xml/fields.ts';
import { login } from './encode.ts';
import { escapePercent, unescapePercent } from './percent.ts';

/** The vocabulary of the source excerpts of 2004 (protocol.md §3.2): compact but for its logins. */
export const VERBOSE: Dialect = {
  name: 'verbose',
  cannotSay: new Set(['room.created']),
  recognises: (frame) => FIRST_FRAME.test(frame.toString('utf8')),
  create: createVerboseCodec,
};

export function createVerboseCodec(options: DialectOptions): Codec {
  const reading = { maxBytes: options.frameMaxBytes, invalidUtf8: options.invalidUtf8 };
  const value = options.verbosePercent ? escapePercent : (same: string) => same;
  const readValue = options.verbosePercent ? unescapePercent : (same: string) => same;
  const verbs = new Map([...VERBS, ['login', (fields: Fields) => toLogin(fields, readValue)]]);
  const encoder = new CompactEncoder({ ...options, value });
  const logins = { value, refusedStatus: options.verboseEmptyStatus ? '' : '0' };
  return {
    name: 'verbose',
    via: 'xml',
    catchUp: true,
    rooms: 'one',
    decode: (frame) => decode(frame, reading, verbs),
    encodeReply: (reply) => (login(reply, encoder, logins) ?? encoder.reply(reply)).map(frameOf),
    encodeEvent: (logged, view) => encoder.event(logged, view).map(frameOf),
    crowds: {
      encodeEvent: (logged) => encoder.eventInCrowd(logged).map(frameOf),
      encodeSum: (sum) => encoder.sum(sum).map(frameOf),
    },
    encodeWhisper: (logged) => encoder.whisper(logged).map(frameOf),
  };
}

function toLogin(fields: Fields, readValue: (value: string) => string): Command {
  const user = readValue(fields.string('username', USER_LENGTH_MAX));
  const password = readValue(fields.string('password', PASSWORD_LENGTH_MAX));
  return { type: 'login', credentials: { kind: 'password', user, password } };
}

const FIRST_FRAME = beginningWith('login', 'username\\s*=');
