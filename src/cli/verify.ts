import { Bucket } from '../bus/bucket.ts';
import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { ChainCheck, type ChainProblem } from '../core/chain-check.ts';
import { openStores } from '../core/open-core.ts';
import { stateOf } from '../core/room-state.ts';
import { roomId } from '../domain/ids.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  type Io,
  parsing,
  UsageError,
} from './command.ts';
import { onSystem } from './system.ts';

export const verify: Command = {
  help: `usage: xmlsocket-relay verify [ROOM]

Reads the log of a room, or of every room, and recomputes its hash chain: finds events that were
edited, removed or put elsewhere, messages that others wrote, and a tail that was lost since the last
snapshot, and says where. Exit code 1 when anything was found.

  --json             prints JSON Lines
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: COMMON_OPTIONS, allowPositionals: true }),
      { min: 0, max: 1 },
    );
    const [room] = positionals;
    if (room !== undefined && !roomId.safeParse(room).success) {
      throw new UsageError('that is no id of a room');
    }
    const { config } = loadConfig(io.env, values.config);
    const { json } = values;
    const problems = await onSystem(config, async (bus) => {
      const snapshots = await Bucket.open(bus, 'chat_snapshots', config.bus.replicas);
      const rooms = room === undefined ? await allRooms(bus, config) : [room];
      const reader = new LogReader(bus, { timeoutMs: READ_TIMEOUT_MS, pendingMax: 1000 });
      let found = 0;
      try {
        for (const id of rooms) found += await verifyRoom(id, { snapshots, reader, io, json });
      } finally {
        reader.stop();
      }
      return found;
    });
    return problems === 0 ? 0 : 1;
  },
};

async function allRooms(bus: BusConnection, config: Config): Promise<string[]> {
  const { registry } = await openStores(bus, config.bus.replicas);
  await registry.reload();
  return registry.list().map(({ id }) => id);
}

interface VerifyParts {
  readonly snapshots: Bucket;
  readonly reader: LogReader;
  readonly io: Io;
  readonly json: boolean;
}

/** Prints what is found in one room, as it is found, and then how far the room was read. */
async function verifyRoom(
  room: string,
  { snapshots, reader, io, json }: VerifyParts,
): Promise<number> {
  const snapshot = await snapshots.get(room);
  const { firstSeq } = await reader.extent();
  const check = new ChainCheck(snapshot === null ? null : stateOf(snapshot.value), firstSeq);
  let problems = 0;
  const tell = async (problem: ChainProblem | null) => {
    if (problem === null) return;
    problems += 1;
    const { kind, seq, message } = problem;
    const line = `room ${room}: ${kind} at sequence ${seq}: ${message}\n`;
    await io.print(json ? `${JSON.stringify({ room, ...problem })}\n` : line);
  };
  const messages = reader.forward(logSubjectOfRoom(room), 1, Number.MAX_SAFE_INTEGER);
  for await (const message of messages) await tell(check.next(message));
  await tell(check.end());
  const { n, hash, dropped } = check;
  const said = problems === 0 ? 'the chain is whole' : `${problems} problems`;
  const summary = { room, events: n, dropped, hash, problems };
  const events =
    dropped === 0 ? `${n} events` : `${n} events, the first ${dropped} dropped by age or size`;
  await io.print(
    json ? `${JSON.stringify(summary)}\n` : `room ${room}: ${events}, ${said}, ends in ${hash}\n`,
  );
  return problems;
}

const READ_TIMEOUT_MS = 10_000;
