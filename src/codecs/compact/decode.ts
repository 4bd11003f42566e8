import type { Command } from '../../domain/commands.ts';
import { refusal } from '../../domain/refusals.ts';
import type { Decoded } from '../codec.ts';
import type { Element } from '../xml/element.ts';
import { BadField, Fields } from '../xml/fields.ts';
import type { ParseOptions } from '../xml/parse.ts';
import { parseOrSalvage } from '../xml/salvage.ts';

/** What the elements of a vocabulary ask for, by name. */
export type Verbs = ReadonlyMap<string, (fields: Fields) => Command>;

/** Reads a frame of the compact vocabulary (protocol.md §3.1), or of another that has its elements. */
export function decode(frame: Buffer, reading: Reading, verbs: Verbs = VERBS): Decoded {
  const parsed = parseOrSalvage(frame, { ...reading, unclosed: UNCLOSED, textOnly: TEXT_ONLY });
  if (!parsed.ok) return parsed;
  const { root, salvaged } = parsed;
  const verb = verbs.get(root.name);
  if (verb === undefined) return { ok: false, refusal: refusal('UNKNOWN_COMMAND') };
  try {
    const fields = new Fields(root);
    fields.refuseMarkup();
    return { ok: true, command: verb(fields), salvaged, ...claimOf(root) };
  } catch (error) {
    if (!(error instanceof BadField)) throw error;
    // Who logs in waits for the answer to that.
    const during = root.name === 'login' ? ({ during: 'login' } as const) : {};
    return { ok: false, refusal: error.refusal, ...during };
  }
}

export type Reading = Omit<ParseOptions, 'unclosed'>;

export const VERBS: Verbs = new Map<string, (fields: Fields) => Command>([
  [
    'login',
    (fields) => {
      const user = fields.string('u', USER_LENGTH_MAX);
      const password = fields.string('p', PASSWORD_LENGTH_MAX);
      return { type: 'login', credentials: { kind: 'password', user, password } };
    },
  ],
  ['rooms', () => ({ type: 'rooms' })],
  ['room', room],
  ['msg', message],
  ['users', (fields) => ({ type: 'members', room: fields.optionalRoom('room_id') })],
  ['history', history],
  ['ping', () => ({ type: 'ping' })],
  ['logout', () => ({ type: 'logout' })],
]);

function room(fields: Fields): Command {
  const id = fields.room('id');
  // No room has the id 0: whoever enters it leaves.
  return id === '0' ? { type: 'leave', room: null } : { type: 'enter', room: id };
}

function message(fields: Fields): Command {
  const text = fields.text();
  if (fields.has('to_id')) return { type: 'whisper', to: fields.account('to_id'), text };
  return { type: 'say', rooms: fields.rooms('room_id'), text };
}

function history(fields: Fields): Command {
  const limit = fields.optionalInteger('limit');
  const before = fields.optionalInteger('before');
  const after = fields.optionalInteger('after');
  return {
    type: 'history',
    room: fields.optionalRoom('room_id'),
    spokenOnly: true,
    ...(limit === undefined ? {} : { limit: Math.max(1, limit) }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

// Identity comes from the session: what a client says of itself is only compared.
function claimOf({ attributes }: Element): { claimedId?: string } {
  const claimed = attributes.get('from_id') ?? attributes.get('uid');
  return claimed === undefined ? {} : { claimedId: claimed.slice(0, CLAIM_LENGTH_MAX) };
}

// The text of 2004 prints `<room id="1" uid="6">` without an end.
const UNCLOSED = ['room', 'login'] as const;
const TEXT_ONLY = ['msg'] as const;
export const USER_LENGTH_MAX = 256;
export const PASSWORD_LENGTH_MAX = 1024;
const CLAIM_LENGTH_MAX = 16;
