import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { commandSchema } from '../../src/codecs/json/schema.ts';
import { botRoomCommand, botUserCommand } from '../../src/domain/bot-commands.ts';
import {
  connectionsAnswer,
  coreBeat,
  heardReport,
  hereAnswer,
  hereRequest,
  presencePart,
  presenceRequest,
  relayBeat,
} from '../../src/domain/control.ts';
import { roomEvent, whisperEvent } from '../../src/domain/events.ts';
import {
  loginAnswer,
  loginCommand,
  roomAnswer,
  roomCommand,
  roomsAnswer,
  userAnswer,
  userCommand,
} from '../../src/domain/room-commands.ts';
import { section, tagged } from '../../test/support/markdown.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

/** One form of message: its schema, made of the one that the code validates with, and examples from tests. */
export interface Form {
  /** `message.posted`, `bot.say` */
  readonly name: string;
  readonly summary: string;
  readonly schema: JsonSchema;
  readonly examples: readonly unknown[];
}

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PROTOCOL = read('protocol.md');
const MESSAGES: Readonly<Record<string, readonly unknown[]>> = JSON.parse(
  read('test/vectors/bus-messages.json'),
);
const FRAMES: { vectors: readonly { frame?: string; command?: object }[] } = JSON.parse(
  read('test/vectors/json/decode.json'),
);

const SUMMARIES: Readonly<Record<string, string>> = {
  announce: 'Tells the room something; moderators.',
  ban: 'Keeps an account out of the room; moderators.',
  create: 'Makes the room; moderators.',
  enter: 'Enters the room.',
  history: 'Asks for what happened in the room.',
  whispers: 'Asks for the private messages to the account itself.',
  join: 'Enters the room, or resumes it with `after`.',
  kick: 'Throws a member out; moderators.',
  leave: 'Leaves the room.',
  login: 'Proves who somebody is.',
  logout: 'Ends the session.',
  members: 'Asks who is in the room.',
  mute: 'Silences an account in the room; moderators.',
  ping: 'Asks whether anybody is there.',
  remove: 'Removes the room; moderators.',
  replay: 'Tells an event of another room again; the system.',
  rooms: 'Asks for the rooms.',
  say: 'Says something in the room.',
  unban: 'Lets an account in again; moderators.',
  unmute: 'Lets an account speak again; moderators.',
  whisper: 'Says something to one account.',
};

type Option = z.ZodObject<{ type: z.ZodLiteral<string> }>;

const typeOf = (option: Option): string => [...option.shape.type.values][0] ?? '';

export const ROOM_EVENTS: readonly Form[] = roomEvent.options.map((option) => eventForm(option));
export const WHISPER_EVENT: Form = eventForm(whisperEvent);

export const BOT_ROOM_COMMANDS = commandForms('bot', botRoomCommand.options, 'botRoomCommand');
export const BOT_USER_COMMANDS = commandForms('bot', [botUserCommand], 'botUserCommand');
export const RELAY_ROOM_COMMANDS = commandForms('relay', roomCommand.options, 'roomCommand');
export const RELAY_USER_COMMANDS = commandForms('relay', [userCommand], 'userCommand');

export const WEB_COMMANDS: readonly Form[] = commandSchema.options.map((option) => {
  const type = typeOf(option);
  const frames = FRAMES.vectors
    .filter(({ frame, command }) => frame !== undefined && command !== undefined)
    .map(({ frame }) => JSON.parse(frame ?? ''))
    .filter((frame) => frame.type === type && option.strict().safeParse(frame).success);
  return {
    name: `web.${type}`,
    summary: summaryOf(type),
    schema: jsonSchemaOf(option),
    examples: frames.slice(0, 1),
  };
});

export const LOGIN = whole('login', 'Proves who somebody is.', loginCommand, 'loginCommand');
export const ROOM_ANSWER = whole(
  'answer.room',
  'What became of a command in a room; `ok` is false for a refusal.',
  roomAnswer,
  'roomAnswer',
);
export const USER_ANSWER = whole(
  'answer.user',
  'What became of a private message.',
  userAnswer,
  'userAnswer',
);
export const LOGIN_ANSWER = whole('answer.login', 'Who it is.', loginAnswer, 'loginAnswer');
export const ROOMS_ANSWER = whole('answer.rooms', 'The rooms.', roomsAnswer, 'roomsAnswer');

export const RELAY_BEAT = whole('relay.beat', 'A relay lives, or ends.', relayBeat, 'relayBeat');
export const CORE_BEAT = whole(
  'core.beat',
  'A chat-core lives, begins or ends.',
  coreBeat,
  'coreBeat',
);
export const HEARD = whole(
  'relay.heard',
  'Up to where a relay has told its members the events of rooms.',
  heardReport,
  'heardReport',
);
export const PRESENCE_REQUEST = whole(
  'presence.request',
  'Asks relays whom they have where.',
  presenceRequest,
  'presenceRequest',
);
export const PRESENCE_PART = whole(
  'presence.part',
  'Whom a relay has where, or a part of that.',
  presencePart,
  'presencePart',
);
export const HERE_REQUEST = whole(
  'here.request',
  'Asks a relay whether it has an account in a room.',
  hereRequest,
  'hereRequest',
);
export const CONNECTIONS_ANSWER = whole(
  'connections.answer',
  'The connections of a relay, or those with the most bytes waiting.',
  connectionsAnswer,
  'connectionsAnswer',
);
export const HERE_ANSWER = whole('here.answer', 'Whether it has.', hereAnswer, 'hereAnswer');

/** Every form, each once. */
export const FORMS: readonly Form[] = [
  ...ROOM_EVENTS,
  WHISPER_EVENT,
  ...BOT_ROOM_COMMANDS,
  ...BOT_USER_COMMANDS,
  ...[ROOM_ANSWER, USER_ANSWER],
  ...RELAY_ROOM_COMMANDS,
  ...RELAY_USER_COMMANDS,
  ...[LOGIN, LOGIN_ANSWER, ROOMS_ANSWER],
  ...[RELAY_BEAT, CORE_BEAT, HEARD, PRESENCE_REQUEST, PRESENCE_PART, HERE_REQUEST, HERE_ANSWER],
  CONNECTIONS_ANSWER,
  ...WEB_COMMANDS,
];

// What it says and shows of an event is what protocol.md says and shows of it.
function eventForm(option: Option): Form {
  const name = typeOf(option);
  const text = section(PROTOCOL, name);
  const [summary = ''] = text.trim().split('\n\n');
  return {
    name,
    summary: summary.replaceAll('\n', ' '),
    schema: jsonSchemaOf(option),
    examples: tagged(text, 'events').map(({ content }) => JSON.parse(content)),
  };
}

function commandForms(kind: string, options: readonly Option[], vectors: string): readonly Form[] {
  return options.map((option) => {
    const type = typeOf(option);
    const examples = MESSAGES[vectors]?.filter((message) => isOf(message, type)) ?? [];
    const schema = jsonSchemaOf(option);
    return { name: `${kind}.${type}`, summary: summaryOf(type), schema, examples };
  });
}

function whole(name: string, summary: string, schema: z.ZodType, vectors: string): Form {
  return { name, summary, schema: jsonSchemaOf(schema), examples: MESSAGES[vectors] ?? [] };
}

function isOf(message: unknown, type: string): boolean {
  return message instanceof Object && 'type' in message && message.type === type;
}

function summaryOf(type: string): string {
  const summary = SUMMARIES[type];
  if (summary === undefined) throw new Error(`there is no summary of '${type}'`);
  return summary;
}
