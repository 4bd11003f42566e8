import { BINARY, clientFrame, PONG, TEXT, upgradeRequest } from './frames.ts';

export interface Who {
  readonly name: string;
  readonly room: string;
}

export interface Step {
  readonly send: string | Buffer;
  /** What it reads then. */
  readonly until: string;
}

/** How a member speaks: what it sends to be in a room, the last of it to enter. */
export interface Wire {
  steps(who: Who): readonly Step[];
  say(who: Who, text: string): Buffer;
  /** What keeps an idle connection from being given up. */
  readonly alive: Buffer | null;
}

export const PASSWORD = 'bench';

const json = (command: object) => clientFrame(TEXT, JSON.stringify(command));
const xml = (frame: string) => Buffer.from(`${frame}\0`);
const packet = (type: string, content: unknown) =>
  clientFrame(TEXT, `${type}${JSON.stringify(content)}`);

export const WIRES = {
  /** Ours: JSON over WebSocket. */
  json: {
    steps: ({ name, room }) => [
      { send: upgradeRequest('/ws'), until: '\r\n\r\n' },
      { send: json({ type: 'login', guest: name }), until: '"welcome"' },
      { send: json({ type: 'join', room }), until: '"joined"' },
    ],
    say: ({ room }, text) => json({ type: 'say', room, text }),
    alive: clientFrame(PONG, ''),
  },
  /** Ours: null-terminated XML. The loop of 2004 is asked the same. */
  xml: {
    steps: ({ name, room }) => [
      { send: xml(`<login u="${name}" p="${PASSWORD}" />`), until: '</rooms>' },
      { send: xml(`<room id="${room}" />`), until: '</users>' },
    ],
    say: ({ room }, text) => xml(`<msg room_id="${room}">${text}</msg>`),
    alive: xml('<ping />'),
  },
  /** A plain server on the package ws. */
  ws: {
    steps: ({ name, room }) => [
      { send: upgradeRequest('/'), until: '\r\n\r\n' },
      { send: json({ type: 'join', name, room }), until: '"joined"' },
    ],
    say: ({ room }, text) => json({ type: 'say', room, text }),
    alive: null,
  },
  'socket.io': {
    steps: ({ name, room }) => [
      { send: upgradeRequest('/socket.io/?EIO=4&transport=websocket'), until: '"sid"' },
      { send: clientFrame(TEXT, '40'), until: '40{"sid"' },
      { send: packet('42', ['join', name, room]), until: '"joined"' },
    ],
    say: ({ room }, text) => packet('42', ['say', room, text]),
    alive: clientFrame(TEXT, '3'),
  },
  /** nats-server's own WebSocket: a room is a subject. */
  nats: {
    steps: ({ room }) => [
      { send: upgradeRequest('/'), until: 'INFO ' },
      {
        send: clientFrame(BINARY, `CONNECT {"verbose":false}\r\nSUB room.${room} 1\r\nPING\r\n`),
        until: 'PONG',
      },
    ],
    say: ({ room }, text) => {
      const payload = JSON.stringify({ type: 'message', room, text });
      return clientFrame(BINARY, `PUB room.${room} ${payload.length}\r\n${payload}\r\n`);
    },
    alive: clientFrame(BINARY, 'PONG\r\n'),
  },
} as const satisfies Record<string, Wire>;

export type WireName = keyof typeof WIRES;
