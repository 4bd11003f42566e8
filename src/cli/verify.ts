import { readFile } from 'node:fs/promises';
import { Bucket } from '../bus/bucket.ts';
import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { roomsInLog } from '../bus/log-scan.ts';
import { loadConfig } from '../config/load.ts';
import { type Checkpoint, Checkpoints, checkpointIn } from '../core/checkpoints.ts';
import { openStores } from '../core/open-core.ts';
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
import { verifyRoom } from './verify-room.ts';

export const verify: Command = {
  help: `usage: xmlsocket-relay verify [ROOM] [--from-checkpoint | --since T] [--checkpoint FILE]

Reads the log of a room, or of every room that the log knows, and recomputes its hash chain: finds
events that were edited, removed or put elsewhere, messages that others wrote, and a tail that was lost
since the last snapshot or checkpoint, and says where. Exit code 1 when anything was found.

Where nothing was found, the place is kept as the room's checkpoint, beside the log. Who can rewrite
both can hide it: keep what --json prints somewhere else, and give it to --checkpoint.

  --from-checkpoint  reads each room only from its checkpoint on
  --since T          reads only what happened at T or later
  --tz ZONE          of T, like Europe/Berlin; UTC without it
  --checkpoint FILE  also checks against what an earlier verify --json printed
  --json             prints JSON Lines
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 0, max: 1 },
    );
    const [room] = positionals;
    if (room !== undefined && !roomId.safeParse(room).success) {
      throw new UsageError('that is no id of a room');
    }
    const since = parseTime(values.since, '--since', parseZone(values.tz));
    const fromCheckpoint = values['from-checkpoint'];
    if (fromCheckpoint && since !== null) {
      throw new UsageError('--from-checkpoint and --since are two places to begin');
    }
    const outside = await readCheckpoints(values.checkpoint);
    const { config } = loadConfig(io.env, values.config);
    const { replicas } = config.bus;
    const found = await onSystem(config, async (bus) => {
      const snapshots = await Bucket.open(bus, 'chat_snapshots', replicas);
      const checkpoints = new Checkpoints(await Bucket.open(bus, 'chat_checkpoints', replicas));
      const rooms = room === undefined ? await allRooms(bus, replicas, checkpoints) : [room];
      const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
      const how = { json: values.json, outside, fromCheckpoint, since };
      let problems = 0;
      try {
        for (const id of withOutside(rooms, room, outside)) {
          problems += await verifyRoom(id, { bus, snapshots, checkpoints, reader, io, ...how });
        }
      } finally {
        reader.stop();
      }
      return problems;
    });
    return found === 0 ? 0 : 1;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  'from-checkpoint': { type: 'boolean', default: false },
  since: { type: 'string' },
  tz: { type: 'string', default: 'UTC' },
  checkpoint: { type: 'string' },
} as const;

// The log is the truth: it knows rooms that are not listed any more, and the others know rooms that the
// log should have.
async function allRooms(
  bus: BusConnection,
  replicas: number,
  checkpoints: Checkpoints,
): Promise<string[]> {
  const { registry } = await openStores(bus, replicas);
  await registry.reload();
  const listed = registry.list().map(({ id }) => id);
  const logged = [...(await roomsInLog(bus)).keys()];
  return [...listed, ...logged, ...(await checkpoints.rooms())];
}

function withOutside(
  rooms: readonly string[],
  only: string | undefined,
  outside: ReadonlyMap<string, Checkpoint>,
): string[] {
  const all = new Set(only === undefined ? [...rooms, ...outside.keys()] : rooms);
  return [...all].filter((id) => roomId.safeParse(id).success).sort(ORDER.compare);
}

/** The checkpoints in what `verify --json` has printed; its other lines are passed over. */
async function readCheckpoints(file: string | undefined): Promise<Map<string, Checkpoint>> {
  if (file === undefined) return new Map();
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`${file} cannot be read`, { cause });
  });
  const found = text.split('\n').flatMap((line) => checkpointIn(line) ?? []);
  if (found.length === 0) throw new CommandError(`${file} has no checkpoint in it`);
  return new Map(found.map((checkpoint) => [checkpoint.room, checkpoint]));
}

const ORDER = new Intl.Collator('en', { numeric: true });
const READ_TIMEOUT_MS = 10_000;
