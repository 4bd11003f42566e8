import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import type { TortureClient } from './client.ts';
import { FAULTS } from './faults.ts';
import type { Inflicted } from './healing.ts';
import type { PlannedFault } from './plan.ts';
import type { PlanClock } from './plan-clock.ts';
import type { System } from './system.ts';

export interface InflictParts {
  readonly system: System;
  readonly clients: readonly TortureClient[];
  readonly clock: PlanClock;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onFault: (fault: PlannedFault) => void;
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal;
}

/**
 * Inflicts the planned faults, each at its time or when its victim has recovered from the one before.
 * Resolves when every victim is up again.
 */
export async function inflict(
  faults: readonly PlannedFault[],
  parts: InflictParts,
): Promise<Inflicted[]> {
  const { clock, signal } = parts;
  const recovered = new Map<Child, Promise<unknown>>();
  const inflicted: Promise<Inflicted>[] = [];
  for (const fault of faults) {
    await clock.until(fault.atMs, signal);
    const child = victimOf(fault, parts.system);
    if (child === null) {
      inflicted.push(cut(fault, parts));
      continue;
    }
    const before = recovered.get(child) ?? Promise.resolve();
    const done = before.then(() => hurt(child, fault, parts));
    recovered.set(child, done);
    inflicted.push(done);
  }
  return Promise.all(inflicted);
}

function victimOf({ kind, target }: PlannedFault, { children }: System): Child | null {
  const { to } = FAULTS[kind];
  return to === 'client' ? null : (children[to][target] ?? null);
}

async function cut(fault: PlannedFault, parts: InflictParts): Promise<Inflicted> {
  const { kind, target } = fault;
  const startMs = parts.now();
  parts.onFault(fault);
  parts.clients[target]?.cut();
  return { kind, target, startMs, endMs: startMs };
}

async function hurt(child: Child, fault: PlannedFault, parts: InflictParts): Promise<Inflicted> {
  const { now, onFault, signal } = parts;
  const { kind, target, forMs } = fault;
  const { deed } = FAULTS[kind];
  const startMs = now();
  onFault(fault);
  if (deed === 'pause') child.pause();
  else if (deed === 'stop') await child.stop();
  else await child.kill();
  await pause(forMs, undefined, { signal });
  if (deed === 'pause') child.resume();
  else await startAgain(child, parts);
  return { kind, target, startMs, endMs: now() };
}

// Where it takes long, the plan waits: else a slow machine would have everything down at once, which
// no plan meant.
async function startAgain(child: Child, { clock }: InflictParts): Promise<void> {
  let frozen = false;
  const timer = setTimeout(() => {
    frozen = true;
    clock.freeze();
  }, START_PLANNED_MS);
  try {
    await child.start();
  } finally {
    clearTimeout(timer);
    if (frozen) clock.letGo();
  }
}

const START_PLANNED_MS = 1000;
