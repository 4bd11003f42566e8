import type { Command, Credentials } from '../../domain/commands.ts';
import { SYSTEM_ID } from '../../domain/ids.ts';
import { refusal } from '../../domain/refusals.ts';
import type { Codec, Decoded } from '../codec.ts';
import type { Dialect, DialectOptions } from '../dialect.ts';
import { beginningWith } from '../first-frame.ts';
import { frameOf } from '../xml/build.ts';
import { BadField, Fields } from '../xml/fields.ts';
import { parseOrSalvage } from '../xml/salvage.ts';
import { PalabreEncoder } from './encode.ts';

/** The vocabulary of the Palabre server and its clients (protocol.md §3.3). */
export const PALABRE: Dialect = {
  name: 'palabre',
  cannotSay: new Set(['room.created']),
  recognises: (frame) => FIRST_FRAME.test(frame.toString('utf8')),
  create: createPalabreCodec,
};

export function createPalabreCodec(options: DialectOptions): Codec {
  const encoder = new PalabreEncoder(options.palabreLobby);
  return {
    name: 'palabre',
    via: 'xml',
    catchUp: true,
    rooms: 'many',
    decode: (frame) => decode(frame, options, encoder),
    encodeReply: (reply) => encoder.reply(reply).map(frameOf),
    encodeEvent: (logged, view) => encoder.event(logged, view).map(frameOf),
    crowds: {
      // Its lists are of everybody, each time: one is enough.
      encodeEvent: () => [],
      encodeSum: (sum, view) => encoder.sum(sum, view).map(frameOf),
    },
    encodeWhisper: (logged, reader) => encoder.whisper(logged, reader).map(frameOf),
  };
}

function decode(frame: Buffer, options: DialectOptions, names: PalabreEncoder): Decoded {
  const { frameMaxBytes: maxBytes, invalidUtf8 } = options;
  const reading = { maxBytes, invalidUtf8, unclosed: UNCLOSED, textOnly: TEXT_ONLY };
  const parsed = parseOrSalvage(frame, reading);
  if (!parsed.ok) return parsed;
  const { root, salvaged } = parsed;
  if (WITHOUT_MEANING.has(root.name)) return { ok: true, command: null, answer: [], dropped: true };
  const verb = VERBS.get(root.name);
  if (verb === undefined) return { ok: false, refusal: refusal('UNKNOWN_COMMAND') };
  try {
    return { ok: true, command: verb(new Fields(root), names), salvaged };
  } catch (error) {
    if (error instanceof BadField) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

type Verb = (fields: Fields, names: PalabreEncoder) => Command;

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['connect', (fields) => ({ type: 'login', credentials: credentialsOf(fields) })],
  ['join', join],
  ['leave', (fields, names) => ({ type: 'leave', room: placeOf(fields, 'room', names) })],
  ['getrooms', () => ({ type: 'rooms' })],
  ['m', message],
  ['msg', message],
  ['ping', () => ({ type: 'ping' })],
  ['quit', () => ({ type: 'logout' })],
]);

function credentialsOf(fields: Fields): Credentials {
  const name = fields.string('nickname', 256);
  if (!fields.has('password')) return { kind: 'guest', name };
  return { kind: 'password', user: name, password: fields.string('password', 1024) };
}

function join(fields: Fields, { places }: PalabreEncoder): Command {
  const name = fields.string('room', 256);
  const room = places.idOf(name);
  return room === null ? { type: 'enter-by-name', name } : { type: 'enter', room };
}

function message(fields: Fields, names: PalabreEncoder): Command {
  const text = fields.text();
  const to = ['toclient', 'c'].find((attribute) => fields.has(attribute));
  if (to !== undefined) {
    const account = names.people.idOf(fields.string(to, 256));
    if (account === null || account === SYSTEM_ID) {
      throw new BadField('Nobody of that name was seen here.');
    }
    return { type: 'whisper', to: account, text };
  }
  const place = ['toroom', 'r', 'room'].find((attribute) => fields.has(attribute));
  if (place === undefined && fields.has('broadcast')) {
    throw new BadField('A message to everybody is not possible here.');
  }
  const rooms = place === undefined ? [] : [placeOf(fields, place, names)];
  // protocol.md §3.3: what one says comes back only when one asks for it.
  const back = ['back', 'b'].find((attribute) => fields.has(attribute));
  const echo = back !== undefined && fields.string(back, 16) !== '0';
  return { type: 'say', rooms, text, echo };
}

function placeOf(fields: Fields, attribute: string, { places }: PalabreEncoder): string {
  const room = places.idOf(fields.string(attribute, 256));
  if (room === null) throw new BadField(`The attribute ${attribute} names no room.`);
  return room;
}

const UNCLOSED = ['connect', 'join', 'leave', 'ping', 'quit', 'getrooms'] as const;
const TEXT_ONLY = ['m', 'msg'] as const;
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  ...['setparam', 'removeparam', 'clientparam', 'addchild', 'setsubscribe', 'getbacklog'],
  ...['getinfo', 'rmuser', 'shutdown'],
]);

const FIRST_FRAME = beginningWith('connect', 'nickname\\s*=');
