import { Stage } from '../lib/stage.ts';
import { table } from '../lib/table.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { System } from '../systems/system.ts';
import type { Section, Settings } from './section.ts';

const MEMBERS = 25;
/** The story's week: a page that polled, about 25 people, hits and megabytes of each day. */
const WEEK = [
  ['14 Oct 2002', 155_405, 213.16],
  ['15 Oct 2002', 113_540, 199.63],
  ['16 Oct 2002', 135_417, 86.43],
  ['17 Oct 2002', 138_894, 52.04],
  ['18 Oct 2002', 119_876, 40.75],
  ['19 Oct 2002', 87_915, 29.31],
  ['20 Oct 2002', 64_660, 14.62],
] as const;

interface Bytes {
  readonly read: number;
  readonly written: number;
}

/**
 * What the week of the story would have cost on each wire: as if every hit, which was a question and
 * mostly an empty answer, had brought somebody a message.
 */
export async function bandwidth({ seconds, onSkipped }: Settings): Promise<Section> {
  const measured = new Map<System, Bytes>();
  for (const system of [ours('xml'), ours('json'), PEERS.php, PEERS.socketIo]) {
    try {
      measured.set(system, await bytesOf(system, seconds));
    } catch (error) {
      onSkipped(system, error instanceof Error ? error.message : String(error));
    }
  }
  const each = [...measured].map(([{ name }, { read, written }]) => [
    name,
    read.toFixed(0),
    written.toFixed(0),
    (read + written / MEMBERS).toFixed(0),
  ]);
  const perDelivery = [...measured.values()].map(({ read, written }) => read + written / MEMBERS);
  const days = WEEK.map(([day, hits, megabytes]) => [
    day,
    hits.toLocaleString('en'),
    megabytes.toFixed(2),
    ...perDelivery.map((bytes) => ((hits * bytes) / 2 ** 20).toFixed(2)),
  ]);
  const names = [...measured.keys()].map(({ name }) => `${name}, MB`);
  return {
    title: `Bandwidth: the talk of ${MEMBERS} members, and the story's week of 2002`,
    parts: [
      table(
        ['', 'bytes read per delivery', 'bytes written per message', 'of both per delivery'],
        each,
      ),
      table(['', 'hits', 'polling, MB', ...names], days),
      NOTE,
    ],
  };
}

async function bytesOf(system: System, seconds: number): Promise<Bytes> {
  const stage = await Stage.open(system, { rooms: ['1'], perRoom: MEMBERS });
  try {
    const flood = { do: 'flood', window: 8, seconds, text: 'talk' } as const;
    const { messages, deliveries, bytesRead, bytesWritten } = await stage.load.do(flood);
    return { read: bytesRead / deliveries, written: bytesWritten / messages };
  } finally {
    await stage.close();
  }
}

const NOTE =
  'Hits and megabytes of polling are those of the story. The other columns are hits times bytes per delivery: what as many delivered messages take.';
