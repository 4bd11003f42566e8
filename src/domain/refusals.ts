/**
 * Every way a command, a frame or a connection can be refused (protocol.md §8).
 *
 * `fatal` refusals end the connection after they were said; `closeCode` is the WebSocket close code
 * then used. 1009, 1012 and 1013 are RFC 6455 / IANA codes; 4000-4499 ask the client to reconnect,
 * 4500-4999 ask it not to. Codes are API and never change; messages are for people and may.
 */
export const REFUSALS = {
  BAD_FRAME: { fatal: false, closeCode: null, message: 'The frame could not be read.' },
  FRAME_TOO_LONG: { fatal: true, closeCode: 1009, message: 'The frame is too long.' },
  FRAME_TIMEOUT: { fatal: true, closeCode: 4002, message: 'The frame was not finished in time.' },
  UNKNOWN_COMMAND: { fatal: false, closeCode: null, message: 'There is no such command.' },
  BAD_FIELD: { fatal: false, closeCode: null, message: 'A field is missing or wrong.' },
  LOGIN_REQUIRED: { fatal: false, closeCode: null, message: 'Log in first.' },
  LOGIN_FAILED: { fatal: false, closeCode: null, message: 'Login Problem' },
  LOGIN_TIMEOUT: { fatal: true, closeCode: 4003, message: 'Nobody logged in in time.' },
  ALREADY_LOGGED_IN: { fatal: false, closeCode: null, message: 'Already logged in.' },
  NO_SUCH_ROOM: { fatal: false, closeCode: null, message: 'There is no such room.' },
  ROOM_EXISTS: { fatal: false, closeCode: null, message: 'There is such a room already.' },
  ROOM_FULL: { fatal: false, closeCode: null, message: 'The room is full.' },
  NOT_IN_ROOM: { fatal: false, closeCode: null, message: 'You are not in that room.' },
  TOO_MANY_ROOMS: { fatal: false, closeCode: null, message: 'You are in too many rooms.' },
  NO_SUCH_USER: { fatal: false, closeCode: null, message: 'There is no such user.' },
  FORBIDDEN: { fatal: false, closeCode: null, message: 'You may not do that.' },
  MUTED: { fatal: false, closeCode: null, message: 'You are muted in that room.' },
  BANNED: { fatal: false, closeCode: null, message: 'You are banned from that room.' },
  RATE_LIMITED: { fatal: false, closeCode: null, message: 'Too fast. Slow down.' },
  FLOODING: { fatal: true, closeCode: 4004, message: 'Too fast for too long. Come back later.' },
  TEXT_TOO_LONG: { fatal: false, closeCode: null, message: 'The text is too long.' },
  TRY_AGAIN: { fatal: false, closeCode: null, message: 'Not possible right now. Try again.' },
  TOO_MANY_ERRORS: { fatal: true, closeCode: 4500, message: 'Too many bad frames.' },
  TOO_MANY_CONNECTIONS: { fatal: true, closeCode: 1013, message: 'Too many connections.' },
  SLOW_READER: { fatal: true, closeCode: 4001, message: 'You read too slowly. Reconnect.' },
  SEND_TIMEOUT: { fatal: true, closeCode: 4005, message: 'You read nothing any more. Reconnect.' },
  PING_TIMEOUT: { fatal: true, closeCode: 4006, message: 'No ping was answered. Reconnect.' },
  SHUTTING_DOWN: { fatal: true, closeCode: 1012, message: 'The relay is restarting. Reconnect.' },
} as const satisfies Record<string, RefusalRule>;

export interface RefusalRule {
  readonly fatal: boolean;
  readonly closeCode: number | null;
  readonly message: string;
}

export type RefusalCode = keyof typeof REFUSALS;

/** An error told to a peer. `message` never repeats what the peer sent. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** Makes a refusal; without `message` it has the table's sentence. */
export function refusal(code: RefusalCode, message: string = REFUSALS[code].message): Refusal {
  return { code, message };
}

export function isRefusalCode(value: unknown): value is RefusalCode {
  return typeof value === 'string' && Object.hasOwn(REFUSALS, value);
}
