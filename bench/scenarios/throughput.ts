import { Stage } from '../lib/stage.ts';
import { median } from '../lib/statistics.ts';
import { short, table } from '../lib/table.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { System } from '../systems/system.ts';
import type { Section, Settings } from './section.ts';

const SHAPES = [
  { what: 'one room of 10', rooms: 1, perRoom: 10, window: 256 },
  { what: '100 rooms of 2', rooms: 100, perRoom: 2, window: 1000 },
] as const;

// Servers are measured when their code is compiled and optimised.
const WARM_UP = 6;

/** How many messages a second go in and come out everywhere; ours stores them all. */
export async function throughput(settings: Settings): Promise<Section> {
  const rows: string[][] = [];
  for (const system of [ours('json'), PEERS.ws, PEERS.socketIo, PEERS.nats]) {
    try {
      const rates: string[] = [];
      for (const shape of SHAPES) rates.push(short(await rateOf(system, shape, settings)));
      rows.push([system.name, ...rates]);
    } catch (error) {
      settings.onSkipped(system, error instanceof Error ? error.message : String(error));
    }
  }
  const head = ['', ...SHAPES.map(({ what }) => `messages/s, ${what}`)];
  return { title: 'Throughput: as many messages as go', parts: [table(head, rows)] };
}

async function rateOf(
  system: System,
  { rooms, perRoom, window }: (typeof SHAPES)[number],
  { rounds, seconds }: Settings,
): Promise<number> {
  const ids = Array.from({ length: rooms }, (_, index) => String(index + 1));
  const stage = await Stage.open(system, { rooms: ids, perRoom });
  try {
    const rates: number[] = [];
    await stage.load.do({ do: 'flood', window, seconds: WARM_UP });
    for (let round = -1; round < Math.min(3, rounds); round += 1) {
      const result = await stage.load.do({ do: 'flood', window, seconds });
      if (round >= 0) rates.push(result.messages / result.seconds);
    }
    return median(rates);
  } finally {
    await stage.close();
  }
}
