import { type LogConsumer, LogConsumers } from '../bus/log-consumers.ts';
import { loadConfig } from '../config/load.ts';
import { roomId } from '../domain/ids.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  parsing,
  UsageError,
} from './command.ts';
import { onSystem } from './system.ts';
import { parseTime, parseZone } from './values.ts';

export const consumers: Command = {
  help: `usage: xmlsocket-relay consumers add NAME [--room ID] [--since T] [--tz ZONE]
       xmlsocket-relay consumers remove NAME
       xmlsocket-relay consumers list

Durable consumers of the log: a program that pulls from one is given every event of the rooms once, in
order, one at a time, also those of the time when it was not there; one that it does not acknowledge
within 10 s again. Private messages are never among them. A user of \`nats-config\` may pull from the
consumer of its own name.

  --room ID          only the events of this room
  --since T          begins with what was stored at T or later; with the first event if left out
  --tz ZONE          the time zone of T, like Europe/Paris; UTC if left out
  --json             prints consumers as JSON Lines
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 1, max: 2 },
    );
    const [action = '', name = ''] = positionals;
    const operands = Object.hasOwn(OPERANDS, action) ? OPERANDS[action] : undefined;
    if (operands === undefined) throw new UsageError(`there is no 'consumers ${action}'`);
    if (positionals.length - 1 !== operands) {
      throw new UsageError(`consumers ${action} takes ${operands} argument(s)`);
    }
    if (operands > 0 && !/^[A-Za-z0-9_-]{1,32}$/.test(name)) {
      throw new UsageError('that cannot be a name: 1 to 32 of A-Z a-z 0-9 _ -');
    }
    const { room = null } = values;
    if (room !== null && !roomId.safeParse(room).success) {
      throw new UsageError('that is no id of a room');
    }
    const since = parseTime(values.since, '--since', parseZone(values.tz));
    const show = (consumer: LogConsumer) => io.print(asLine(consumer, values.json));
    await onSystem(loadConfig(io.env, values.config).config, async (bus) => {
      const stored = new LogConsumers(bus);
      if (action === 'add') await stored.add(name, room, since);
      const gone = action !== 'remove' || (await stored.remove(name));
      if (!gone) throw new CommandError(`there is no consumer '${name}'`);
      if (action === 'remove') return;
      const list = await stored.list();
      for (const one of list) if (action === 'list' || one.name === name) await show(one);
    });
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  room: { type: 'string' },
  since: { type: 'string' },
  tz: { type: 'string', default: 'UTC' },
} as const;

const OPERANDS: Readonly<Record<string, number>> = { add: 1, remove: 1, list: 0 };

function asLine(consumer: LogConsumer, json: boolean): string {
  const { name, room, waiting, unacknowledged } = consumer;
  if (json) return `${JSON.stringify(consumer)}\n`;
  const of = room === null ? 'every room' : `room ${room}`;
  return `${name}\t${of}\t${waiting} waiting\t${unacknowledged} unacknowledged\n`;
}
