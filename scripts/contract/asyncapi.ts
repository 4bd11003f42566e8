import { readFileSync } from 'node:fs';
import {
  BOT_ROOM_COMMANDS,
  BOT_USER_COMMANDS,
  CONNECTIONS_ANSWER,
  CORE_BEAT,
  FORMS,
  type Form,
  HEARD,
  HERE_ANSWER,
  HERE_REQUEST,
  LOGIN,
  LOGIN_ANSWER,
  PRESENCE_PART,
  PRESENCE_REQUEST,
  RELAY_BEAT,
  RELAY_ROOM_COMMANDS,
  RELAY_USER_COMMANDS,
  ROOM_ANSWER,
  ROOM_EVENTS,
  ROOMS_ANSWER,
  USER_ANSWER,
  WEB_COMMANDS,
  WHISPER_EVENT,
} from './forms.ts';
import type { JsonSchema } from './json-schema.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** The AsyncAPI document: what this program sends and receives on NATS, and what it takes on `/ws`. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'xmlsocket-relay',
      version,
      description: INTRODUCTION,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: Object.fromEntries(CHANNELS.map((channel) => [channel.name, channelObject(channel)])),
    operations: Object.fromEntries(
      CHANNELS.map((channel) => [`on-${channel.name}`, operation(channel)]),
    ),
    components: {
      messages: Object.fromEntries(FORMS.map((form) => [form.name, messageObject(form)])),
      schemas: {
        ...Object.fromEntries(FORMS.map(({ name, schema }) => [name, schema])),
        'room.headers': ROOM_HEADERS,
        'user.headers': USER_HEADERS,
      },
      securitySchemes: {
        password: { type: 'userPassword', description: 'Or an nkey: see nats-config.' },
      },
    },
  };
}

const INTRODUCTION = `A chat room for null-terminated XML of 2004 and JSON of today, with every event in NATS JetStream.
This document is made of the schemas that the program validates with, by \`npm run contract\`. The normative text is
protocol.md, section 5.

\`send\` is what the program publishes and you subscribe; \`receive\` is what you publish. A bot is heard with a request
(a PUB with a reply subject that begins with \`_INBOX.\`) on \`chatcmd.room.{room}\`; the answer comes on that subject.
Payloads are JSON in UTF-8. Fields are only ever added: read past those you do not know.`;

const SERVERS = {
  nats: {
    host: '127.0.0.1:4222',
    protocol: 'nats',
    description: 'The NATS that the program works with: RELAY_NATS_URL.',
    security: [{ $ref: '#/components/securitySchemes/password' }],
  },
  web: {
    host: '127.0.0.1:9339',
    pathname: '/ws',
    protocol: 'ws',
    description:
      'The main port: one JSON object a text frame. Replies and events are in protocol.md, section 4.',
  },
};

interface Channel {
  readonly name: string;
  readonly address: string;
  readonly description: string;
  /** From the program's side. */
  readonly action: 'send' | 'receive';
  readonly forms: readonly Form[];
  /** What a request on it is answered with. */
  readonly answers?: Form;
  readonly server?: 'web';
}

const INTERNAL = 'Between relays and chat-cores; may change at any time.';

const CHANNELS: readonly Channel[] = [
  {
    name: 'room',
    address: 'chat.room.{room}',
    description:
      'What happened in a room, as soon as it is stored: JetStream republishes it from `chatlog.room.{room}` of the stream CHATLOG. ' +
      'Subscribe `chat.room.*` for all rooms. A message whose `Nats-Last-Sequence` is not the `Nats-Sequence` of the one before it ' +
      'in the room shows that something was missed; it is in the stream. One without `Nats-Stream: CHATLOG` is not from the log.',
    action: 'send',
    forms: ROOM_EVENTS,
  },
  {
    name: 'user',
    address: 'chat.user.{account}',
    description: 'Private messages to an account. Integrators may not subscribe it.',
    action: 'send',
    forms: [WHISPER_EVENT],
  },
  {
    name: 'bot-room',
    address: 'chatcmd.room.{room}',
    description: 'Requests of bots, with the key that `users add NAME --bot` printed.',
    action: 'receive',
    forms: BOT_ROOM_COMMANDS,
    answers: ROOM_ANSWER,
  },
  {
    name: 'bot-user',
    address: 'chatcmd.user.{account}',
    description: 'Private messages of bots to an account.',
    action: 'receive',
    forms: BOT_USER_COMMANDS,
    answers: USER_ANSWER,
  },
  {
    name: 'relay-room',
    address: 'chatcmd.relay.room.{room}',
    description:
      'Requests of relays, who answer for whom they speak for: permission to publish here is to be anybody.',
    action: 'receive',
    forms: RELAY_ROOM_COMMANDS,
    answers: ROOM_ANSWER,
  },
  {
    name: 'relay-user',
    address: 'chatcmd.relay.user.{account}',
    description: 'Private messages, likewise.',
    action: 'receive',
    forms: RELAY_USER_COMMANDS,
    answers: USER_ANSWER,
  },
  {
    name: 'login',
    address: 'chatcmd.login',
    description: 'Requests of relays.',
    action: 'receive',
    forms: [LOGIN],
    answers: LOGIN_ANSWER,
  },
  {
    name: 'rooms',
    address: 'chatcmd.rooms',
    description: 'Requests of relays, with any payload, for the rooms and how many are in each.',
    action: 'receive',
    forms: [],
    answers: ROOMS_ANSWER,
  },
  {
    name: 'relay-beat',
    address: 'chatctl.relay.beat',
    description: INTERNAL,
    action: 'send',
    forms: [RELAY_BEAT],
  },
  {
    name: 'relay-heard',
    address: 'chatctl.relay.heard',
    description: INTERNAL,
    action: 'send',
    forms: [HEARD],
  },
  {
    name: 'core-beat',
    address: 'chatctl.core.beat',
    description: INTERNAL,
    action: 'send',
    forms: [CORE_BEAT],
  },
  {
    name: 'presence',
    address: 'chatctl.relay.presence',
    description: INTERNAL,
    action: 'receive',
    forms: [PRESENCE_REQUEST],
    answers: PRESENCE_PART,
  },
  {
    name: 'connections',
    address: 'chatctl.relay.connections',
    description: INTERNAL,
    action: 'receive',
    forms: [],
    answers: CONNECTIONS_ANSWER,
  },
  {
    name: 'here',
    address: 'chatctl.relay.here.{relay}',
    description: INTERNAL,
    action: 'receive',
    forms: [HERE_REQUEST],
    answers: HERE_ANSWER,
  },
  {
    name: 'web',
    address: '/ws',
    description:
      'Commands of web clients. Each may carry `ref`, a string or a number that its reply then carries.',
    action: 'receive',
    forms: WEB_COMMANDS,
    server: 'web',
  },
];

const PARAMETERS: Readonly<Record<string, object>> = {
  room: { description: '1 to 32 of A-Z a-z 0-9 _ -, and never 0.', examples: ['1', 'Lobby_1'] },
  account: { description: 'A decimal from 1 to 2147483647.', examples: ['9'] },
  relay: { description: 'The id of a relay.', examples: ['relay-1f00aa'] },
};

function channelObject({ address, description, forms, answers, server }: Channel): object {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const parameters = Object.fromEntries(names.map((name) => [name, PARAMETERS[name]]));
  const all = [...forms, ...(answers === undefined ? [] : [answers])];
  return {
    address,
    description,
    servers: [{ $ref: `#/servers/${server ?? 'nats'}` }],
    ...(names.length === 0 ? {} : { parameters }),
    messages: Object.fromEntries(
      all.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
    ),
  };
}

function operation({ name, action, forms, answers }: Channel): object {
  const messages = (of: readonly Form[]) =>
    of.map((form) => ({ $ref: `#/channels/${name}/messages/${form.name}` }));
  const channel = { $ref: `#/channels/${name}` };
  return {
    action,
    channel,
    ...(forms.length === 0 ? {} : { messages: messages(forms) }),
    ...(answers === undefined ? {} : { reply: { channel, messages: messages([answers]) } }),
  };
}

function messageObject(form: Form): object {
  const headers = ROOM_EVENTS.includes(form)
    ? 'room.headers'
    : form === WHISPER_EVENT
      ? 'user.headers'
      : null;
  return {
    name: form.name,
    summary: form.summary,
    ...(headers === null ? {} : { headers: { $ref: `#/components/schemas/${headers}` } }),
    payload: { $ref: `#/components/schemas/${form.name}` },
    examples: form.examples.map((payload) => ({ payload })),
  };
}

const sequence = (description: string): object => ({
  type: 'string',
  pattern: '^[0-9]+$',
  description,
});

const USER_HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    'Nats-Sequence': sequence('The sequence in the log: `seq` on the JSON wire.'),
    'Nats-Last-Sequence': sequence(
      'The sequence before it on the same subject, 0 for the first: `prev` on the JSON wire.',
    ),
    'Nats-Stream': { type: 'string', const: 'CHATLOG' },
    'Nats-Subject': { type: 'string', description: 'The subject in the log.' },
    'Nats-Msg-Id': { type: 'string', description: 'What JetStream tells duplicates by; opaque.' },
  },
  required: ['Nats-Sequence', 'Nats-Last-Sequence', 'Nats-Stream', 'Nats-Subject', 'Nats-Msg-Id'],
};

const ROOM_HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    ...(USER_HEADERS['properties'] as object),
    'Nats-Expected-Last-Subject-Sequence': sequence(
      'In the log, too: the sequence before it in the room.',
    ),
    'Chat-Hash': {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description:
        'The hash chain of the room: SHA-256 of the hash before it, as 32 bytes (32 zero bytes before the first), then the payload as it came.',
    },
  },
  required: [
    ...(USER_HEADERS['required'] as string[]),
    ...['Nats-Expected-Last-Subject-Sequence', 'Chat-Hash'],
  ],
};
