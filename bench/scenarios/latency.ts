import { openStages, type Stage } from '../lib/stage.ts';
import { median } from '../lib/statistics.ts';
import { short, table } from '../lib/table.ts';
import type { PaceResult } from '../load/crowd.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { Section, Settings } from './section.ts';

const MEMBERS = 50;
const PER_SECOND = 100;
const WARM_UP = 4;

/** How long a message takes at a steady pace, from its sender to the last of 50 receivers. */
export async function latency({ rounds, seconds, onSkipped }: Settings): Promise<Section> {
  const systems = [ours('json'), ours('xml'), ...Object.values(PEERS)];
  const stages = await openStages(systems, { rooms: ['1'], perRoom: MEMBERS }, onSkipped);
  try {
    const pace = { do: 'pace', perSecond: PER_SECOND, seconds: Math.ceil(seconds * 2) } as const;
    const results = new Map<Stage, PaceResult[]>(stages.map((stage) => [stage, []]));
    // What is measured is a server that has run for a while, not one that is still being compiled.
    const warmUp = { do: 'flood', window: 64, seconds: WARM_UP } as const;
    for (const stage of stages) await stage.load.do(warmUp);
    for (let round = -1; round < rounds; round += 1) {
      for (const stage of stages) {
        const result = await stage.load.do(pace);
        // The first one only warms up.
        if (round >= 0) results.get(stage)?.push(result);
      }
    }
    return { title: TITLE, parts: [tableOf(stages, results)] };
  } finally {
    for (const stage of stages) await stage.close();
  }
}

function tableOf(
  stages: readonly Stage[],
  results: ReadonlyMap<Stage, readonly PaceResult[]>,
): string {
  const rows = stages.map((stage) => {
    const all = results.get(stage) ?? [];
    const of = (name: 'p50' | 'p99' | 'max') => median(all.map((result) => result[name]));
    return { name: stage.system.name, p50: of('p50'), p99: of('p99'), max: of('max') };
  });
  const plain = rows.find(({ name }) => name === PEERS.ws.name);
  return table(
    ['', 'p50, ms', 'of ws', 'p99, ms', 'of ws', 'longest, ms'],
    rows.map(({ name, p50, p99, max }) => [
      name,
      short(p50),
      short(p50 / (plain?.p50 ?? Number.NaN)),
      short(p99),
      short(p99 / (plain?.p99 ?? Number.NaN)),
      short(max),
    ]),
  );
}

const TITLE = `Latency: ${PER_SECOND} messages a second into ${MEMBERS} members, from the sender to the last receiver`;
