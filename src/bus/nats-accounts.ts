import { LOG_STREAM } from './subjects.ts';

export type UserKind = 'core' | 'operator' | 'relay' | 'integrator' | 'bot';

/** A user of the NATS server. Its name is a token of a subject: `A-Z a-z 0-9 _ -`. */
export interface NatsUser {
  readonly name: string;
  readonly kind: UserKind;
  readonly proof: { readonly passwordHash: string } | { readonly nkey: string };
}

/** The prefix of JetStream's API in the accounts that import parts of it. */
export const IMPORTED_API = 'JS.CHAT.API';

/**
 * The `accounts` block of a nats-server's configuration (docs/adr/0010).
 *
 * The log is in the account CHAT, of chat-cores and operators. Relays are in RELAYS, integrators and
 * bots in PROGRAMS: what crosses is imported subject by subject, and an answer goes back to the account
 * that asked, so no reply subject leads into the log.
 */
export function natsAccounts(users: readonly NatsUser[], buckets: readonly string[]): string {
  const readers = users.filter(({ kind }) => kind === 'integrator' || kind === 'bot');
  const consumers = readers.map(({ name }) => name);
  const of = (...kinds: UserKind[]) => users.filter(({ kind }) => kinds.includes(kind));
  return block('accounts', [
    ...account('CHAT', {
      settings: ['jetstream: enabled'],
      users: of('core', 'operator').map((user) => userLine(user, buckets)),
      exports: chatExports(consumers),
      imports: FROM_RELAYS.map(({ kind, subject }) => imported(kind, 'RELAYS', subject)),
    }),
    ...account('RELAYS', {
      settings: [],
      users: of('relay').map((user) => userLine(user, buckets)),
      exports: FROM_RELAYS.map(({ kind, subject }) =>
        exported(kind, subject, ['CHAT'], kind === 'service'),
      ),
      imports: TO_RELAYS.map(({ kind, subject }) => imported(kind, 'CHAT', subject)),
    }),
    ...account('PROGRAMS', {
      settings: [],
      users: readers.map((user) => userLine(user, buckets)),
      exports: [],
      imports: [
        ...TO_PROGRAMS.map(({ kind, subject }) => imported(kind, 'CHAT', subject)),
        ...consumers
          .flatMap(consumerSubjects)
          .map((subject) => imported('service', 'CHAT', subject)),
      ],
    }),
  ]);
}

/** What one account shows to another. */
interface Crossing {
  /** A stream is told, a service is asked for. */
  readonly kind: 'stream' | 'service';
  readonly subject: string;
}

const API = '$JS.API';

const FROM_RELAYS: readonly Crossing[] = [
  { kind: 'stream', subject: 'chatctl.relay.beat' },
  { kind: 'stream', subject: 'chatctl.relay.heard' },
  { kind: 'service', subject: 'chatctl.relay.presence' },
  { kind: 'service', subject: 'chatctl.relay.here.*' },
  { kind: 'service', subject: 'chatctl.relay.connections' },
];

const TO_RELAYS: readonly Crossing[] = [
  { kind: 'stream', subject: 'chat.room.*' },
  { kind: 'stream', subject: 'chat.user.*' },
  { kind: 'service', subject: 'chatcmd.relay.room.*' },
  { kind: 'service', subject: 'chatcmd.relay.user.*' },
  { kind: 'service', subject: 'chatcmd.login' },
  { kind: 'service', subject: 'chatcmd.rooms' },
  { kind: 'service', subject: `${API}.DIRECT.GET.${LOG_STREAM}` },
  { kind: 'service', subject: `${API}.STREAM.MSG.GET.${LOG_STREAM}` },
];

const TO_PROGRAMS: readonly Crossing[] = [
  { kind: 'stream', subject: 'chat.room.*' },
  { kind: 'service', subject: 'chatcmd.room.*' },
  { kind: 'service', subject: 'chatcmd.user.*' },
];

function consumerSubjects(consumer: string): string[] {
  return [
    `${API}.CONSUMER.MSG.NEXT.${LOG_STREAM}.${consumer}`,
    `${API}.CONSUMER.INFO.${LOG_STREAM}.${consumer}`,
    `$JS.ACK.${LOG_STREAM}.${consumer}.>`,
  ];
}

function chatExports(consumers: readonly string[]): string[] {
  const receivers = new Map<string, { kind: Crossing['kind']; accounts: string[] }>();
  const add = (kind: Crossing['kind'], subject: string, to: string) => {
    const known = receivers.get(subject) ?? { kind, accounts: [] };
    known.accounts.push(to);
    receivers.set(subject, known);
  };
  for (const { kind, subject } of TO_RELAYS) add(kind, subject, 'RELAYS');
  for (const { kind, subject } of TO_PROGRAMS) add(kind, subject, 'PROGRAMS');
  for (const subject of consumers.flatMap(consumerSubjects)) add('service', subject, 'PROGRAMS');
  return [...receivers].map(([subject, { kind, accounts }]) => {
    // A pull is answered with as many messages as it asked for.
    return exported(kind, subject, accounts, subject.includes('.MSG.NEXT.'));
  });
}

function permissionsOf({ kind, name }: NatsUser, buckets: readonly string[]) {
  switch (kind) {
    case 'core':
      return { publish: allow(corePublishes(buckets)), subscribe: allow(CORE_SUBSCRIBES) };
    case 'operator':
      return { publish: { allow: ['>'], deny: OPERATOR_NEVER }, subscribe: allow(['>']) };
    case 'relay':
      return { publish: allow(relayPublishes()), subscribe: allow(relaySubscribes()) };
    case 'integrator':
      return { publish: allow(readerPublishes(name)), subscribe: allow(readerSubscribes(name)) };
    case 'bot': {
      const speaking = ['chatcmd.room.*', 'chatcmd.user.*'];
      const publish = allow([...speaking, ...readerPublishes(name)]);
      return { publish, subscribe: allow(readerSubscribes(name)) };
    }
  }
}

// Answers to requests of the same account go to _INBOX, those to other accounts to _R_.
const ANSWERS = ['_INBOX.>', '_R_.>'];
const CORE_SUBSCRIBES = ['chatcmd.>', 'chatctl.>', '_INBOX.>'];

// It makes what is not there and changes no settings: those of the log are the operator's.
function corePublishes(buckets: readonly string[]): string[] {
  return [
    ...['chatlog.room.*', 'chatlog.user.*', 'chatcmd.relay.room.*', 'chatctl.>', ...ANSWERS],
    ...[`${API}.INFO`, `${API}.DIRECT.GET.${LOG_STREAM}`, `${API}.STREAM.MSG.GET.${LOG_STREAM}`],
    ...[`${API}.STREAM.CREATE.${LOG_STREAM}`, `${API}.STREAM.INFO.${LOG_STREAM}`],
    ...buckets.flatMap((bucket) => [
      ...[`$KV.${bucket}.>`, `${API}.DIRECT.GET.KV_${bucket}.>`],
      ...[`${API}.STREAM.CREATE.KV_${bucket}`, `${API}.STREAM.INFO.KV_${bucket}`],
      ...[`${API}.STREAM.MSG.GET.KV_${bucket}`, `${API}.CONSUMER.CREATE.KV_${bucket}.>`],
      ...[`${API}.CONSUMER.CREATE.KV_${bucket}`, `${API}.CONSUMER.DELETE.KV_${bucket}.*`],
    ]),
  ];
}

const OPERATOR_NEVER = [
  ...['chat.>', 'chatlog.>'],
  ...['DELETE', 'PURGE', 'MSG.DELETE', 'RESTORE'].map(
    (verb) => `${API}.STREAM.${verb}.${LOG_STREAM}`,
  ),
];

const named = (crossings: readonly Crossing[], kind: Crossing['kind']) =>
  crossings
    .filter((crossing) => crossing.kind === kind)
    .map(({ subject }) => importedName(subject));
// It asks for services of others and tells streams of its own; and the other way round.
const relayPublishes = () => [
  ...named(TO_RELAYS, 'service'),
  ...named(FROM_RELAYS, 'stream'),
  // The operator's pages of one relay ask all of them.
  'chatctl.relay.connections',
  ...ANSWERS,
];
const relaySubscribes = () => [
  ...named(TO_RELAYS, 'stream'),
  ...named(FROM_RELAYS, 'service'),
  '_INBOX.>',
];

const readerPublishes = (name: string) => consumerSubjects(name).map(importedName);
// Several share an account: each has inboxes of its own, so that nobody reads another one's answers.
const readerSubscribes = (name: string) => ['chat.room.*', `_INBOX.${name}.>`];

function allow(subjects: readonly string[]) {
  return { allow: subjects };
}

// Under its own name the API would be that of the importing account, which has no JetStream.
function importedName(subject: string): string {
  return subject.startsWith(`${API}.`) ? `${IMPORTED_API}${subject.slice(API.length)}` : subject;
}

function imported(kind: Crossing['kind'], from: string, subject: string): string {
  const to = importedName(subject);
  const renamed = to === subject ? '' : `, to: ${quote(to)}`;
  return `{ ${kind}: { account: ${from}, subject: ${quote(subject)} }${renamed} }`;
}

function exported(
  kind: Crossing['kind'],
  subject: string,
  to: readonly string[],
  manyAnswers: boolean,
): string {
  const answers = manyAnswers ? ', response_type: stream' : '';
  return `{ ${kind}: ${quote(subject)}, accounts: [${to.join(', ')}]${answers} }`;
}

function userLine(user: NatsUser, buckets: readonly string[]): string {
  const { name, proof } = user;
  const who =
    'nkey' in proof
      ? `nkey: ${quote(proof.nkey)}`
      : `user: ${quote(name)}, password: ${quote(proof.passwordHash)}`;
  const { publish, subscribe } = permissionsOf(user, buckets);
  return [
    `# ${user.kind}: ${name}`,
    `{ ${who}, permissions: {`,
    `    publish: ${list(publish)}`,
    `    subscribe: ${list(subscribe)} } }`,
  ].join('\n');
}

function list({ allow: allowed, deny }: { allow: readonly string[]; deny?: readonly string[] }) {
  const denied = deny === undefined ? '' : `, deny: ${subjects(deny)}`;
  return `{ allow: ${subjects(allowed)}${denied} }`;
}

function subjects(of: readonly string[]): string {
  return `[\n${of.map((subject) => `      ${quote(subject)}`).join('\n')}\n    ]`;
}

interface AccountParts {
  readonly settings: readonly string[];
  readonly users: readonly string[];
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

function account(name: string, { settings, users, exports, imports }: AccountParts): string[] {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${title}: [`, ...indented(lines), ']'];
  return [
    `${name}: {`,
    ...indented([
      ...settings,
      ...part('users', users),
      ...part('exports', exports),
      ...part('imports', imports),
    ]),
    '}',
  ];
}

function block(name: string, lines: readonly string[]): string {
  return [`${name} {`, ...indented(lines), '}', ''].join('\n');
}

function indented(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`);
}

// A dollar sign outside of quotes is a variable; JSON's quotes are also the server's.
function quote(text: string): string {
  return JSON.stringify(text);
}
