import { setTimeout as pause } from 'node:timers/promises';
import { LoadProcess } from '../lib/load-process.ts';
import { Stage } from '../lib/stage.ts';
import { short, table } from '../lib/table.ts';
import { memoryKib } from '../lib/usage.ts';
import { ours } from '../systems/ours.ts';
import { PEERS } from '../systems/peers.ts';
import type { System } from '../systems/system.ts';
import type { Section, Settings } from './section.ts';

const PER_ROOM = 50;
const CASES: readonly { readonly system: System; readonly count: number }[] = [
  { system: ours('json'), count: 1500 },
  { system: ours('xml'), count: 1500 },
  { system: PEERS.ws, count: 1500 },
  { system: PEERS.socketIo, count: 1500 },
  { system: PEERS.socketIoNats, count: 1500 },
  { system: PEERS.nats, count: 1500 },
  // select() ends at 1024 descriptors.
  { system: PEERS.php, count: 800 },
];

/** Memory for a connection that is in a room and silent, and how fast connections come in. */
export async function idle({ onSkipped }: Settings): Promise<Section> {
  const rows: string[][] = [];
  for (const { system, count } of CASES) {
    try {
      rows.push(await measure(system, count));
    } catch (error) {
      onSkipped(system, error instanceof Error ? error.message : String(error));
    }
  }
  const memory = ['', 'connections', 'KiB each, server', 'KiB each, all'];
  const head = [...memory, 'logins/s', 'enterings/s', 'joins/s'];
  return { title: TITLE, parts: [table(head, rows), await passwords()] };
}

async function measure(system: System, count: number): Promise<string[]> {
  // What is loaded and compiled for the first members is no cost of those who follow.
  const stage = await Stage.open(system, { rooms: ['1'], perRoom: PER_ROOM });
  const load = new LoadProcess();
  try {
    const { running } = stage;
    const rooms = Array.from({ length: count / PER_ROOM }, (_, index) => `idle${index}`);
    await running.makeRooms(rooms);
    const names = (await running.names(count + PER_ROOM)).slice(PER_ROOM);
    const before = await memoryOf(running.processes);
    const { wire } = system;
    const join = { do: 'join', wire, port: running.port, rooms, perRoom: PER_ROOM, names } as const;
    const atOnce = { logIn: AT_ONCE, enter: AT_ONCE };
    const { loginSeconds, enterSeconds } = await load.do({ ...join, atOnce });
    const after = await memoryOf(running.processes);
    const each = Object.entries(after).map(([name, kib]) => {
      return [name, (kib - (before[name] ?? 0)) / count] as const;
    });
    const all = each.reduce((sum, [, kib]) => sum + kib, 0);
    const server = each.find(([name]) => name === 'relay' || name === 'server')?.[1] ?? 0;
    const rates = [loginSeconds, enterSeconds, loginSeconds + enterSeconds];
    const perSecond = rates.map((seconds) => short(count / seconds));
    return [system.name, String(count), short(server), short(all), ...perSecond];
  } finally {
    load.stop();
    await stage.close();
  }
}

// Slow on purpose. More of them at once than are checked at once would only wait.
async function passwords(): Promise<string> {
  const atOnce = { logIn: 4, enter: 4 };
  const system = ours('xml', { realPasswords: true });
  const stage = await Stage.open(system, { rooms: ['1'], perRoom: PER_ROOM, atOnce });
  await stage.close();
  const perSecond = short(PER_ROOM / stage.loginSeconds);
  return `Logins with a password as expensive as it is outside of a bench: ${perSecond} a second.`;
}

// After a while: what a burst of joins left behind is collected first.
async function memoryOf(processes: Readonly<Record<string, number>>) {
  await pause(SETTLE_MS);
  const entries = Object.entries(processes).map(([name, pid]) => [name, memoryKib(pid)] as const);
  return Object.fromEntries(entries);
}

const AT_ONCE = 32;
// V8 gives back what it does not need when it has been idle for eight seconds.
const SETTLE_MS = 10_000;
const TITLE = `Idle connections in rooms of ${PER_ROOM}: memory (PSS) and joins`;
