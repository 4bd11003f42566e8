import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import type { Command, Credentials } from '../../domain/commands.ts';
import { type Refusal, refusal } from '../../domain/refusals.ts';
import type { Decoded, Ref } from '../codec.ts';
import { COMMAND_TYPES, commandSchema, type JsonCommand, refSchema } from './schema.ts';

/** Reads a frame of the JSON wire (protocol.md §4). */
export function decode(frame: Buffer, frameMaxBytes: number): Decoded {
  if (frame.length > frameMaxBytes) return { ok: false, refusal: refusal('FRAME_TOO_LONG') };
  const body = readObject(frame);
  if (body === null) return { ok: false, refusal: refusal('BAD_FRAME', NO_OBJECT) };
  const ref = refSchema.safeParse(own(body, 'ref')).data;
  if (!COMMAND_TYPES.has(own(body, 'type'))) {
    return withRef({ ok: false, refusal: refusal('UNKNOWN_COMMAND') }, ref);
  }
  const parsed = commandSchema.safeParse(body);
  if (!parsed.success) return withRef({ ok: false, refusal: badField(parsed.error) }, ref);
  return withRef({ ok: true, command: toCommand(parsed.data) }, ref);
}

function readObject(frame: Buffer): object | null {
  if (!isUtf8(frame)) return null;
  try {
    const body: unknown = JSON.parse(frame.toString('utf8'));
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : null;
  } catch {
    // Not JSON: one of the things that a stranger may send.
    return null;
  }
}

type Asked = Exclude<Decoded, { readonly command: null }>;

function own(body: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(body, key)?.value;
}

function withRef(decoded: Asked, ref: Ref | undefined): Decoded {
  return ref === undefined ? decoded : { ...decoded, ref };
}

// The path is of our own field names, and the numbers are places in a list.
function badField({ issues }: z.ZodError): Refusal {
  const path = issues[0]?.path.join('.') ?? '';
  if (path === '') return refusal('BAD_FIELD', issues[0]?.message);
  return refusal('BAD_FIELD', `The field ${path} is missing or wrong.`);
}

function toCommand(command: JsonCommand): Command {
  switch (command.type) {
    case 'login':
      return { type: 'login', credentials: credentialsOf(command) };
    case 'join': {
      const { room, after } = command;
      return { type: 'enter', room, ...(after === undefined ? {} : { after }) };
    }
    case 'say': {
      const { room, rooms = [], text, id } = command;
      const named = room === undefined ? [...new Set(rooms)] : [room];
      return { type: 'say', rooms: named, text, ...(id === undefined ? {} : { id }) };
    }
    default:
      return defined(command);
  }
}

function credentialsOf(login: Extract<JsonCommand, { type: 'login' }>): Credentials {
  const { user, password, token, session, guest } = login;
  if (user !== undefined && password !== undefined) return { kind: 'password', user, password };
  if (guest !== undefined) return { kind: 'guest', name: guest };
  return { kind: 'token', token: token ?? session ?? '' };
}

type Defined<T> = T extends unknown ? { [K in keyof T]: Exclude<T[K], undefined> } : never;

// zod leaves a key without a value out, but types it as possibly undefined.
function defined<T extends object>(command: T): Defined<T> {
  return command as Defined<T>;
}

const NO_OBJECT = 'The frame is not a JSON object.';
