import type { Command, Credentials } from '../../domain/commands.ts';
import { accountId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusals.ts';
import type { CommandName } from '../../domain/replies.ts';
import type { Decoded } from '../codec.ts';
import type { Numbers } from '../numbers.ts';
import { element, frameOf, type Markup } from '../xml/build.ts';
import type { Element } from '../xml/element.ts';
import { BadField, Fields } from '../xml/fields.ts';
import { openDocument, type ParseOptions, parseFrame } from '../xml/parse.ts';
import { sys } from './encode.ts';
import { salvage } from './salvage.ts';
import { unescapeText } from './text.ts';

/** Reads a frame of the SmartFoxServer 1.x vocabulary (protocol.md §3.4). */
export function decode(frame: Buffer, options: ParseOptions, rooms: Numbers): Decoded {
  // Extensions speak in strings and JSON: there are none here.
  if (frame[0] === PERCENT || frame[0] === BRACE) return NOTHING;
  const read = readRoot(frame, options);
  if (!read.ok) return refuse(read.refusal, read.action);
  const { root, salvaged } = read;
  const body = root.children.find(({ name }) => name === 'body');
  if (root.name !== 'msg' || body === undefined) return refuse(refusal('UNKNOWN_COMMAND'), '');
  if (root.attributes.get('t') !== 'sys') return NOTHING;
  const action = body.attributes.get('action') ?? '';
  const answer = HANDSHAKES.get(action);
  if (answer !== undefined) return { ok: true, command: null, answer: [frameOf(answer)] };
  if (WITHOUT_MEANING.has(action)) return NOTHING;
  const verb = VERBS.get(action);
  if (verb === undefined) return refuse(refusal('UNKNOWN_COMMAND'), action);
  try {
    return { ok: true, command: verb(body, rooms), salvaged };
  } catch (error) {
    if (error instanceof BadField) return refuse(error.refusal, action);
    throw error;
  }
}

type Read =
  | { readonly ok: true; readonly root: Element; readonly salvaged: boolean }
  | { readonly ok: false; readonly refusal: Refusal; readonly action: string };

function readRoot(frame: Buffer, options: ParseOptions): Read {
  const parsed = parseFrame(frame, options);
  if (parsed.ok) return parsed;
  const document = openDocument(frame, options);
  if (!document.ok) return { ...parsed, action: '' };
  const root = salvage(document.body);
  if (root === null) return { ...parsed, action: ACTION.exec(document.body)?.[1] ?? '' };
  return { ok: true, root, salvaged: true };
}

// Its clients wait for the answer to a login or a join, and can do neither again without one.
function refuse(refused: Refusal, action: string): Decoded {
  const during = WAITED_FOR.get(action);
  return { ok: false, refusal: refused, ...(during === undefined ? {} : { during }) };
}

type Verb = (body: Element, rooms: Numbers) => Command;

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['login', (body) => ({ type: 'login', credentials: credentialsOf(childOf(body, 'login')) })],
  ['getRmList', () => ({ type: 'rooms' })],
  ['autoJoin', () => ({ type: 'enter-by-name', name: null })],
  ['joinRoom', join],
  [
    'leaveRoom',
    (body, rooms) => ({ type: 'leave', room: roomOf(childOf(body, 'rm'), 'id', rooms) }),
  ],
  [
    'pubMsg',
    (body, rooms) => ({
      type: 'say',
      rooms: [roomOf(body, 'r', rooms)],
      text: textOf(childOf(body, 'txt')),
    }),
  ],
  ['prvMsg', (body) => whisper(childOf(body, 'txt'), 'rcp')],
  ['modMsg', moderatorMessage],
  ['roundTrip', () => ({ type: 'ping' })],
  ['logout', () => ({ type: 'logout' })],
]);

function credentialsOf(login: Element): Credentials {
  // Its clients escape neither of the two.
  const user = childOf(login, 'nick').text.slice(0, 256);
  const password = childOf(login, 'pword').text.slice(0, 1024);
  if (password !== '') return { kind: 'password', user, password };
  return { kind: 'guest', name: user === '' ? 'guest' : user };
}

function join(body: Element, rooms: Numbers): Command {
  const room = childOf(body, 'room');
  const keep = room.attributes.get('leave') === '0';
  return { type: 'enter', room: roomOf(room, 'id', rooms), ...(keep ? { keep } : {}) };
}

function moderatorMessage(body: Element, rooms: Numbers): Command {
  const text = childOf(body, 'txt');
  const scope = text.attributes.get('t');
  if (scope === 'u') return whisper(text, 'id');
  if (scope !== 'r') throw new BadField('A message to everybody is not possible here.');
  return { type: 'announce', room: roomOf(text, 'id', rooms), text: textOf(text) };
}

function whisper(text: Element, attribute: string): Command {
  const to = accountId.safeParse(text.attributes.get(attribute)).data;
  if (to === undefined) throw new BadField(`The attribute ${attribute} is not a user id.`);
  return { type: 'whisper', to, text: textOf(text) };
}

function textOf(text: Element): string {
  return unescapeText(new Fields(text).text());
}

function roomOf(from: Element, attribute: string, rooms: Numbers): string {
  const room = rooms.idOf(from.attributes.get(attribute) ?? '');
  if (room === null) throw new BadField(`The attribute ${attribute} is not a room id.`);
  return room;
}

function childOf({ children }: Element, name: string): Element {
  const child = children.find((one) => one.name === name);
  if (child === undefined) throw new BadField(`The element ${name} is missing.`);
  return child;
}

const NOTHING: Decoded = { ok: true, command: null, answer: [], dropped: true };

// What is answered before anybody logs in. The key is asked for by clients that hash passwords with
// it, which nothing here could check: passwords are stored hashed.
const HANDSHAKES: ReadonlyMap<string, Markup> = new Map([
  ['verChk', sys('apiOK', '0', [])],
  ['rndK', sys('rndK', '-1', [element('k', {}, 'xmlsocket-relay')])],
  [
    'createRoom',
    sys('createRmKO', '0', [element('room', { e: 'Rooms are made by the operator.' })]),
  ],
]);

const WAITED_FOR: ReadonlyMap<string, CommandName> = new Map<string, CommandName>([
  ['login', 'login'],
  ['joinRoom', 'enter'],
  ['autoJoin', 'enter-by-name'],
]);

const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  ...['setUvars', 'setRvars', 'asObj', 'asObjG', 'swSpec', 'swPl', 'xtReq', 'loadB', 'addB'],
  ...['remB', 'clearB', 'setB', 'setBvars', 'roomB', 'bPrm'],
]);

const ACTION = /^<msg\s+t=["']sys["']\s*><body\s+action=["']([A-Za-z]{1,16})["']/;
const PERCENT = '%'.charCodeAt(0);
const BRACE = '{'.charCodeAt(0);
