import { setMaxListeners } from 'node:events';
import { loadConfig } from '../config/load.ts';
import { endTable, jsonLines, seedTable, totals, verdictLine } from '../torture/report.ts';
import { runSeed, type SeedResult } from '../torture/run-seed.ts';
import { TortureError } from '../torture/torture-error.ts';
import { COMMON_HELP, type Command, CommandError } from './command.ts';
import { readTortureOptions } from './torture-options.ts';
import { measureStalled } from './torture-stalled.ts';
import { onProvisions, systemFor, type TortureWork } from './torture-system.ts';

export const torture: Command = {
  help: `usage: xmlsocket-relay torture [--faults LIST] [--seeds N] [--messages N] ...
       xmlsocket-relay torture --url HOST:PORT[,HOST:PORT] [--nats URL] ...

Starts a system of its own (nats-server, chat-cores, relays) and clients of both wires that talk in its
rooms, and meanwhile cuts connections and kills, stops and pauses processes. Then it compares what every
client was told is stored, and what it heard, with the log. With --url it examines a system that runs:
there it makes accounts and rooms of its own, takes them away again, and cuts only its own connections.

  --faults LIST      all (the default), none, or some of: cut, kill-relay, stop-relay, pause-relay,
                     kill-core, stop-core, pause-core, kill-nats, stop-nats, pause-nats
  --seed N           who says what when, and what goes wrong when, is decided by it; 1 if left out
  --seeds N          runs so many seeds, one after the other, each on a system of its own; 1
  --messages N       said in all seeds together; 2000
  --duration N       seconds over which each seed spreads them; 60
  --clients N        every other one on XML; 8
  --rooms N          clients on XML are in one, others in all; 2
  --relays N         2
  --cores N          2
  --url ADDRESSES    of relays that run, instead of a system of its own
  --nats URL         the NATS of those; RELAY_NATS_URL, or that of a running up, if left out
  --stalled N        instead of faults: measures what N clients beside the others that stop reading cost
                     those, in one room on one relay, in the same run
  --keep FOLDER      keeps the data and the logs of its own system there, one folder a seed
  --json             prints JSON Lines
${COMMON_HELP}

Exit code 1 when anything acknowledged was lost, doubled or out of order for anybody.
`,
  run: async (args, io) => {
    const options = readTortureOptions(args);
    const { config } = loadConfig(io.env, options.config);
    const ending = new AbortController();
    // Every client that waits for its next say listens.
    setMaxListeners(0, ending.signal);
    const end = () => ending.abort(new TortureError('interrupted'));
    process.once('SIGINT', end).once('SIGTERM', end);
    try {
      const work = { options, config, io, signal: ending.signal };
      if (options.stalled !== null) return await measureStalled(options.stalled, work);
      const results: SeedResult[] = [];
      for (const seed of options.seeds) results.push(await runOne(seed, work));
      return await finish(results, work);
    } catch (error) {
      if (ending.signal.aborted) throw new CommandError('interrupted', { cause: error });
      if (error instanceof TortureError) throw new CommandError(error.message, { cause: error });
      throw error;
    } finally {
      process.off('SIGINT', end).off('SIGTERM', end);
    }
  },
};

async function runOne(seed: number, work: TortureWork): Promise<SeedResult> {
  const { options, io, signal } = work;
  const system = await systemFor(seed, work);
  try {
    const result = await onProvisions(system, work, (provisions) =>
      runSeed(seed, options.plan, {
        ...{ system, provisions, signal },
        onFault: ({ kind, target, forMs }, atMs) => {
          if (kind === 'cut') return;
          const at = (atMs / 1000).toFixed(1);
          io.complain(
            `seed ${seed}, ${at} s: ${kind} ${target} for ${(forMs / 1000).toFixed(1)} s`,
          );
        },
      }),
    );
    await io.print(options.json ? jsonLines(result) : seedTable(result));
    return result;
  } finally {
    await system.stop();
  }
}

async function finish(
  results: readonly SeedResult[],
  { options, io }: TortureWork,
): Promise<number> {
  const sums = totals(results);
  const passed = sums.problems === 0;
  const verdict = { type: 'verdict', passed, seeds: results.length, ...sums };
  await io.print(
    options.json ? `${JSON.stringify(verdict)}\n` : endTable(results) + verdictLine(results),
  );
  return passed ? 0 : 1;
}
