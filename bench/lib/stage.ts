import type { Results } from '../load/orders.ts';
import type { RunningSystem, System } from '../systems/system.ts';
import { LoadProcess } from './load-process.ts';
import { cpuSeconds } from './usage.ts';

export interface Audience {
  readonly rooms: readonly string[];
  readonly perRoom: number;
  readonly atOnce?: { readonly logIn: number; readonly enter: number };
}

/** A system that runs, and a load process whose members are in its rooms. */
export class Stage {
  readonly system: System;
  readonly running: RunningSystem;
  readonly load: LoadProcess;
  readonly loginSeconds: number;
  readonly enterSeconds: number;

  private constructor(
    system: System,
    running: RunningSystem,
    load: LoadProcess,
    { loginSeconds, enterSeconds }: Results['join'],
  ) {
    this.system = system;
    this.running = running;
    this.load = load;
    this.loginSeconds = loginSeconds;
    this.enterSeconds = enterSeconds;
  }

  static async open(
    system: System,
    { rooms, perRoom, atOnce = AT_ONCE }: Audience,
  ): Promise<Stage> {
    const running = await system.start();
    const load = new LoadProcess();
    try {
      await running.makeRooms(rooms);
      const names = await running.names(rooms.length * perRoom);
      const { wire } = system;
      const order = {
        do: 'join',
        wire,
        port: running.port,
        rooms,
        perRoom,
        names,
        atOnce,
      } as const;
      return new Stage(system, running, load, await load.do(order));
    } catch (error) {
      load.stop();
      await running.stop();
      throw error;
    }
  }

  /** CPU seconds that each process of the system uses while some work is done. */
  async costOf<T>(work: () => Promise<T>): Promise<{ result: T; cpu: Record<string, number> }> {
    const processes = Object.entries(this.running.processes);
    const before = processes.map(([, pid]) => cpuSeconds(pid));
    const result = await work();
    const cpu = processes.map(([name, pid], index) => {
      return [name, cpuSeconds(pid) - (before[index] ?? 0)] as const;
    });
    return { result, cpu: Object.fromEntries(cpu) };
  }

  async close(): Promise<void> {
    this.load.stop();
    await this.running.stop();
  }
}

/** Opens a stage for each system; those that do not start are named with the reason and left out. */
export async function openStages(
  systems: readonly System[],
  audience: Audience,
  skipped: (system: System, reason: string) => void,
): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (const system of systems) {
    try {
      stages.push(await Stage.open(system, audience));
    } catch (error) {
      skipped(system, error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'no reason');
    }
  }
  return stages;
}

const AT_ONCE = { logIn: 4, enter: 4 };
