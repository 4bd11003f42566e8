import { Stage } from '../lib/stage.ts';
import { short, table } from '../lib/table.ts';
import { memoryKib } from '../lib/usage.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { System } from '../systems/system.ts';
import type { Section, Settings } from './section.ts';

const MEMBERS = 10;

/** What becomes of a room when one of its members stops reading: of the others, of memory, of that one. */
export async function slowReader(settings: Settings): Promise<Section> {
  const rows: string[][] = [];
  for (const system of [ours('json'), ours('xml'), ...Object.values(PEERS)]) {
    rows.push(await rowOf(system, settings));
  }
  const head = ['', 'messages/s of 1 KB to the others', 'server memory', 'the slow one'];
  return { title: `Slow reader: one of ${MEMBERS} stops reading`, parts: [table(head, rows)] };
}

async function rowOf(system: System, { seconds }: Settings): Promise<string[]> {
  const stage = await Stage.open(system, { rooms: ['1'], perRoom: MEMBERS }).catch(() => null);
  if (stage === null) return [system.name, 'did not start', '-', '-'];
  try {
    const [pid] = Object.values(stage.running.processes);
    const before = memoryKib(pid ?? 0);
    const stall = { do: 'stall', window: 64, seconds: seconds * 5 } as const;
    const result = await stage.load.do(stall).catch(() => null);
    const grown = `${short((memoryKib(pid ?? 0) - before) / 1024)} MiB more`;
    if (result === null) return [system.name, 'the room stood still', grown, '-'];
    const rate = short(result.messages / result.seconds);
    return [system.name, rate, grown, result.cut ? 'was cut' : 'stayed'];
  } finally {
    await stage.close();
  }
}
