import { Stage } from '../lib/stage.ts';
import { short, table } from '../lib/table.ts';
import { memoryKib } from '../lib/usage.ts';
import { ours } from '../systems/ours.ts';
import type { Section, Settings } from './section.ts';

const ROOMS = 200;
const PER_ROOM = 50;
const PER_SECOND = 100;
const WARM_UP = 10;

/** 10,000 members, most of them silent, and 100 messages a second among them. */
export async function manyIdle({ idleSeconds }: Settings): Promise<Section> {
  const rooms = Array.from({ length: ROOMS }, (_, index) => `many${index}`);
  const stage = await Stage.open(ours('json'), {
    rooms,
    perRoom: PER_ROOM,
    atOnce: { logIn: 16, enter: 16 },
  });
  try {
    const relay = stage.running.processes['relay'] ?? 0;
    const pace = { do: 'pace', perSecond: PER_SECOND, seconds: idleSeconds } as const;
    // What the joins left behind is collected, and what talks is compiled.
    await stage.load.do({ ...pace, seconds: WARM_UP });
    const before = memoryKib(relay);
    const { p50, p99, max } = await stage.load.do(pace);
    const grown = (memoryKib(relay) - before) / 1024;
    const head = ['', 'p50, ms', 'p99, ms', 'longest, ms', 'joined in, s', 'relay grew by, MiB'];
    const row = [stage.system.name, short(p50), short(p99), short(max)];
    return {
      title: `${ROOMS * PER_ROOM} members in ${ROOMS} rooms, ${PER_SECOND} messages a second, ${idleSeconds} s`,
      parts: [
        table(head, [[...row, short(stage.loginSeconds + stage.enterSeconds), grown.toFixed(1)]]),
      ],
    };
  } finally {
    await stage.close();
  }
}
