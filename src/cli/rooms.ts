import type { BusConnection } from '../bus/bus-connection.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { openStores } from '../core/open-core.ts';
import { isDisplayName, roomId } from '../domain/ids.ts';
import type { RoomAnswer } from '../domain/room-commands.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  parsing,
  UsageError,
} from './command.ts';
import { RoomCommands } from './room-commands.ts';
import { onSystem } from './system.ts';

export const rooms: Command = {
  help: `usage: xmlsocket-relay rooms add ID NAME
       xmlsocket-relay rooms remove ID
       xmlsocket-relay rooms list

Works on the rooms of a running system, with a chat-core in it. What was said in a room that is removed
stays in the log, and a room added again under its id goes on there. An id is 1 to 32 of
A-Z a-z 0-9 _ -, a name 1 to 32 characters.

  --json             prints rooms as JSON Lines
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 1, max: 3 },
    );
    const [action = '', id = '', name = ''] = positionals;
    const verb = Object.hasOwn(VERBS, action) ? VERBS[action] : undefined;
    if (verb === undefined) throw new UsageError(`there is no 'rooms ${action}'`);
    if (positionals.length - 1 !== verb.operands) {
      throw new UsageError(`rooms ${action} takes ${verb.operands} argument(s)`);
    }
    if (verb.operands > 0 && !roomId.safeParse(id).success) {
      throw new UsageError('that cannot be an id: 1 to 32 of A-Z a-z 0-9 _ -');
    }
    if (verb.operands > 1 && !isDisplayName(name)) {
      throw new UsageError('that cannot be a name: 1 to 32 characters');
    }
    const { config } = loadConfig(io.env, values.config);
    const show = (room: Room) =>
      io.print(values.json ? `${JSON.stringify(room)}\n` : `${room.id}\t${room.name}\n`);
    await onSystem(config, (bus) => verb.run({ bus, config, id, name, show }));
    return 0;
  },
};

interface Room {
  readonly id: string;
  readonly name: string;
}

interface Work extends Room {
  readonly bus: BusConnection;
  readonly config: Config;
  readonly show: (room: Room) => Promise<void>;
}

interface Verb {
  readonly operands: number;
  run(work: Work): Promise<void>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  add: { operands: 2, run: add },
  remove: { operands: 1, run: remove },
  list: { operands: 0, run: list },
};

async function add(work: Work): Promise<void> {
  const { id, name } = work;
  await ask(work, (commands) => commands.create(id, name));
  await work.show({ id, name });
}

async function remove(work: Work): Promise<void> {
  await ask(work, (commands) => commands.remove(work.id));
}

async function list({ bus, config, show }: Work): Promise<void> {
  const { registry } = await openStores(bus, config.bus.replicas);
  await registry.reload();
  for (const { id, name } of registry.list()) await show({ id, name });
}

async function ask(
  { bus, config }: Work,
  command: (commands: RoomCommands) => Promise<RoomAnswer>,
): Promise<void> {
  const commands = new RoomCommands(bus, config.bus.commandTimeoutMs);
  try {
    const answer = await command(commands);
    if (!answer.ok) throw new CommandError(`${answer.message} (${answer.code})`);
  } finally {
    commands.stop();
  }
}
