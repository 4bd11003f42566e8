import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { logSubjectOfRoom } from '../../src/bus/subjects.ts';
import { short, table } from '../lib/table.ts';
import { ours, PROGRAM } from '../systems/ours.ts';
import type { Section, Settings } from './section.ts';

const EVENTS = 100_000;
const ROOM = 'scanned';
const COMMANDS = [
  ['history, one room', ['history', ROOM, '--format', 'json']],
  ['history as text', ['history', ROOM, '--format', 'text']],
  ['search of everything', ['search', 'nowhere-to-be-found', '--json']],
] as const;

/** How fast the commands that read the log read it, the start of the program included. */
export async function logScan({ rounds }: Settings): Promise<Section> {
  const running = await ours('json').start();
  try {
    const { natsUrl = '' } = running;
    await fill(natsUrl);
    const rows: string[][] = [];
    for (const [what, args] of COMMANDS) {
      const times: number[] = [];
      for (let round = 0; round < Math.min(3, rounds); round += 1) {
        times.push(await secondsOf(args, natsUrl));
      }
      const best = Math.min(...times);
      rows.push([what, Number.isNaN(best) ? 'no such command' : short(EVENTS / best)]);
    }
    const parts = [table(['', 'events/s'], rows)];
    return { title: `Reading a log of ${EVENTS} events from the command line`, parts };
  } finally {
    await running.stop();
  }
}

async function secondsOf(args: readonly string[], natsUrl: string): Promise<number> {
  const env = { ...process.env, RELAY_NATS_URL: natsUrl };
  const start = performance.now();
  try {
    await run(process.execPath, [PROGRAM, ...args], { env, maxBuffer: 2 ** 30 });
  } catch {
    return Number.NaN;
  }
  return (performance.now() - start) / 1000;
}

// Straight into the log: what is read is the same, and it takes seconds.
async function fill(natsUrl: string): Promise<void> {
  const bus = await BusConnection.open({ url: natsUrl, name: 'bench', reconnectWaitMs: 1000 });
  const from = { id: '6', name: 'enobrev' };
  const time = new Date().toISOString();
  for (let n = 1; n <= EVENTS; n += 1) {
    const text = `This is number ${n} of the messages that are read again`;
    const place = { v: 1, id: `scan-${n}`, n, type: 'message.posted', room: ROOM, time };
    bus.publish(logSubjectOfRoom(ROOM), JSON.stringify({ ...place, from, text, via: 'json' }));
    if (n % 1000 === 0) await bus.nc.flush();
  }
  await bus.close();
}

const run = promisify(execFile);
