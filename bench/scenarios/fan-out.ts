import { openStages, type Stage } from '../lib/stage.ts';
import { median } from '../lib/statistics.ts';
import { short, table } from '../lib/table.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { Section, Settings } from './section.ts';

const MEMBERS = 50;
const WINDOWS = [64, 1] as const;

interface Run {
  /** Microseconds of CPU for a delivery, by process. */
  readonly cost: Readonly<Record<string, number>>;
  readonly perSecond: number;
}

/** What a delivery costs each server in CPU: the same talk in a room of 50, the systems taking turns. */
export async function fanOut(settings: Settings): Promise<Section> {
  const systems = [ours('json'), ours('xml'), ...Object.values(PEERS)];
  const stages = await openStages(systems, { rooms: ['1'], perRoom: MEMBERS }, settings.onSkipped);
  try {
    const parts: string[] = [];
    for (const window of WINDOWS) {
      for (const stage of stages) await stage.load.do({ do: 'flood', window, seconds: WARM_UP });
      const runs = await takeTurns(stages, window, settings);
      parts.push(`${window} in flight:\n\n${tableOf(stages, runs)}`);
    }
    return { title: `Fan-out: a room of ${MEMBERS}, each member says something in turn`, parts };
  } finally {
    for (const stage of stages) await stage.close();
  }
}

async function takeTurns(
  stages: readonly Stage[],
  window: number,
  { rounds, seconds }: Settings,
): Promise<Map<Stage, Run[]>> {
  const runs = new Map<Stage, Run[]>(stages.map((stage) => [stage, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const stage of stages) runs.get(stage)?.push(await run(stage, window, seconds));
  }
  return runs;
}

async function run(stage: Stage, window: number, seconds: number): Promise<Run> {
  const { result, cpu } = await stage.costOf(() => stage.load.do({ do: 'flood', window, seconds }));
  const cost = Object.entries(cpu).map(([name, used]) => {
    return [name, (used * 1e6) / result.deliveries] as const;
  });
  return { cost: Object.fromEntries(cost), perSecond: result.deliveries / result.seconds };
}

function tableOf(stages: readonly Stage[], runs: ReadonlyMap<Stage, readonly Run[]>): string {
  const rows = stages.map((stage) => summaryOf(stage, runs.get(stage) ?? []));
  const peer = rows.find(({ name }) => name === PEERS.socketIo.name);
  return table(
    ['', 'server, us/delivery', 'of Socket.IO', 'core', 'nats-server', 'all', 'deliveries/s'],
    rows.map((row) => [
      row.name,
      short(row.server),
      short(row.server / (peer?.server ?? Number.NaN)),
      short(row.core),
      short(row.nats),
      short(row.all),
      short(row.perSecond),
    ]),
  );
}

function summaryOf({ system, running }: Stage, runs: readonly Run[]) {
  const medianOf = (name: string) => median(runs.map(({ cost }) => cost[name] ?? Number.NaN));
  const sums = runs.map(({ cost }) => Object.values(cost).reduce((one, other) => one + other, 0));
  return {
    name: system.name,
    server: medianOf('relay' in running.processes ? 'relay' : 'server'),
    core: medianOf('core'),
    nats: medianOf('nats'),
    all: median(sums),
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
  };
}

// Servers are measured when their code is compiled and optimised.
const WARM_UP = 4;
