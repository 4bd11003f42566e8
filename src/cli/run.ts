import { BusError } from '../bus/bus-error.ts';
import { EmbeddedError } from '../bus/embedded/embedded-error.ts';
import { ConfigError } from '../config/load.ts';
import { ListenError } from '../transports/listen.ts';
import { type Command, CommandError, type Io, UsageError } from './command.ts';
import { ownVersion } from './version.ts';

interface Entry {
  readonly summary: string;
  /** A command loads only what it needs. */
  load(): Promise<Command>;
}

export const COMMANDS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    'up',
    {
      summary: 'runs everything: nats-server, chat-core and relay',
      load: async () => (await import('./up.ts')).up,
    },
  ],
  [
    'relay',
    {
      summary: 'runs a relay, which clients connect to',
      load: async () => (await import('./relay.ts')).relay,
    },
  ],
  [
    'core',
    {
      summary: 'runs a chat-core, which keeps the rooms',
      load: async () => (await import('./core.ts')).core,
    },
  ],
  [
    'users',
    {
      summary: 'adds, lists, changes and removes accounts',
      load: async () => (await import('./users.ts')).users,
    },
  ],
  [
    'rooms',
    {
      summary: 'adds, lists and removes rooms',
      load: async () => (await import('./rooms.ts')).rooms,
    },
  ],
  [
    'history',
    {
      summary: 'prints what happened in a room',
      load: async () => (await import('./history.ts')).history,
    },
  ],
  [
    'export',
    {
      summary: 'writes transcripts of rooms, to hand on',
      load: async () => (await import('./export.ts')).exportCommand,
    },
  ],
  [
    'search',
    {
      summary: 'finds what was said, in every room',
      load: async () => (await import('./search.ts')).search,
    },
  ],
  [
    'replay',
    {
      summary: 'tells what happened in a room again, in another',
      load: async () => (await import('./replay.ts')).replay,
    },
  ],
  [
    'verify',
    {
      summary: 'checks that nothing in the log was edited or lost',
      load: async () => (await import('./verify.ts')).verify,
    },
  ],
  [
    'retention',
    {
      summary: 'tells how long the log keeps what was said, and changes it',
      load: async () => (await import('./retention.ts')).retention,
    },
  ],
  [
    'doctor',
    {
      summary: 'looks for what is wrong, and says what to do',
      load: async () => (await import('./doctor.ts')).doctor,
    },
  ],
  [
    'torture',
    {
      summary: 'cuts, kills and pauses while clients talk, and looks for what got lost',
      load: async () => (await import('./torture.ts')).torture,
    },
  ],
  [
    'consumers',
    {
      summary: 'adds, lists and removes durable consumers of the log',
      load: async () => (await import('./consumers.ts')).consumers,
    },
  ],
  [
    'nats-config',
    {
      summary: 'prints accounts and permissions for a nats-server',
      load: async () => (await import('./nats-config.ts')).natsConfig,
    },
  ],
  [
    'check-config',
    {
      summary: 'checks the configuration and prints it',
      load: async () => (await import('./check-config.ts')).checkConfig,
    },
  ],
]);

/** Runs a command line without the program's name; resolves with the exit code 0, 1 or 2. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    await io.print(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    await io.print(`${ownVersion()}\n`);
    return 0;
  }
  const entry = COMMANDS.get(name);
  if (entry === undefined) {
    io.complain(`xmlsocket-relay: unknown command '${name}', see xmlsocket-relay --help`);
    return 2;
  }
  try {
    const command = await entry.load();
    if (asksForHelp(rest)) {
      await io.print(command.help);
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    return explain(name, error, io);
  }
}

function overview(): string {
  const lines = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}\n`);
  return `xmlsocket-relay ${ownVersion()}: one chat for XMLSocket and WebSocket clients, on NATS JetStream

usage: xmlsocket-relay COMMAND [OPTIONS]

${lines.join('')}
Each has --help. Exit codes: 0 success, 1 failure (one line on stderr), 2 wrong usage.
`;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

function explain(name: string, error: unknown, io: Io): number {
  if (error instanceof UsageError) {
    io.complain(`xmlsocket-relay ${name}: ${error.message}, see xmlsocket-relay ${name} --help`);
    return 2;
  }
  const text = expected(error);
  // Not foreseen: whoever reports it needs the place.
  if (text === null && error instanceof Error) io.complain(error.stack ?? error.message);
  io.complain(`xmlsocket-relay ${name}: ${text ?? String(error)}`);
  return 1;
}

function expected(error: unknown): string | null {
  const isOurs =
    error instanceof CommandError ||
    error instanceof ConfigError ||
    error instanceof EmbeddedError ||
    error instanceof ListenError ||
    error instanceof BusError;
  if (isOurs) return error.message;
  const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
  return isDenied ? `not allowed: ${error.message}` : null;
}
