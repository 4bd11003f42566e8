import { setTimeout as pause } from 'node:timers/promises';
import { BusConnection } from '../bus/bus-connection.ts';
import type { Problem } from './evidence.ts';
import { healedAfter, type Inflicted } from './healing.ts';
import { inflict } from './inflict.ts';
import { type Judged, judge } from './judge.ts';
import { markOf } from './marks.ts';
import { type Participant, participantsOf } from './participants.ts';
import { type PlannedFault, type PlannedSay, type PlanOptions, planRun } from './plan.ts';
import { PlanClock } from './plan-clock.ts';
import type { Provisions } from './provision.ts';
import type { System } from './system.ts';
import { type RoomTruth, readTruth } from './truth.ts';
import { onlyLate, within } from './within.ts';

export interface RunParts {
  readonly system: System;
  readonly provisions: Provisions;
  readonly onFault: (fault: PlannedFault, atMs: number) => void;
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal;
}

export interface ClientResult extends Judged {
  readonly name: string;
  readonly wire: 'xml' | 'web';
}

export interface SeedResult {
  readonly seed: number;
  /** What was to be said. */
  readonly says: number;
  readonly clients: readonly ClientResult[];
  readonly faults: readonly (Inflicted & { readonly healedMs: number | null })[];
  readonly problems: readonly (Problem & { readonly client: string | null })[];
}

/** Tortures a system as one seed says, and compares what everybody heard with what the log has. */
export async function runSeed(
  seed: number,
  options: PlanOptions,
  parts: RunParts,
): Promise<SeedResult> {
  const { system, provisions, signal } = parts;
  const plan = planRun(seed, options);
  const participants = participantsOf(system, provisions, now);
  const clients = participants.map(({ client }) => client);
  try {
    for (const client of clients) client.start();
    await within(READY_MAX_MS, Promise.all(clients.map((client) => client.ready())), signal);
    const clock = new PlanClock(now);
    const onFault = (fault: PlannedFault) => parts.onFault(fault, clock.atMs);
    const saying = Promise.all(
      participants.map((each, index) => sayAll(plan.says[index] ?? [], clock, each, parts)),
    );
    // Waited for below, but it may fail before that.
    saying.catch(() => undefined);
    const faults = await inflict(plan.faults, { system, clock, clients, now, onFault, signal });
    await within(SAID_MAX_MS + options.durationMs, saying, signal).catch(onlyLate);
    const closing = await close(participants, plan.says, provisions.rooms, signal);
    const truth = await readAll(system.natsUrl, provisions.rooms);
    return judgeAll({ seed, says: options.messages, participants, faults, closing, truth });
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
  }
}

const now = () => performance.now();
const READY_MAX_MS = 180_000;
const SAID_MAX_MS = 90_000;
const HEARD_MAX_MS = 60_000;

async function sayAll(
  says: readonly PlannedSay[],
  clock: PlanClock,
  { client }: Participant,
  { provisions, signal }: RunParts,
): Promise<void> {
  for (const { atMs, room, mark, words } of says) {
    await clock.until(atMs, signal);
    await client.say(provisions.rooms[room] ?? '', mark, words);
  }
}

/** Has one last thing said in every room, and waits until everybody heard it. Its marks by room. */
async function close(
  participants: readonly Participant[],
  says: readonly (readonly PlannedSay[])[],
  rooms: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const speaker = participants.findIndex(({ wire }) => wire === 'web');
  const count = says[speaker]?.length ?? 0;
  const closing = new Map(rooms.map((room, index) => [room, markOf(speaker, count + index)]));
  const client = participants[speaker]?.client;
  const heard = () =>
    participants.every(({ journal }) =>
      [...journal.rooms].every(([room, own]) => own.has(closing.get(room) ?? '')),
    );
  const work = async () => {
    for (const [room, mark] of closing) await client?.say(room, mark, 'That is all.');
    while (!heard() && !signal.aborted) await pause(POLL_MS);
  };
  await within(HEARD_MAX_MS, work(), signal).catch(onlyLate);
  return closing;
}

const POLL_MS = 50;

async function readAll(
  url: string,
  rooms: readonly string[],
): Promise<ReadonlyMap<string, RoomTruth>> {
  const bus = await BusConnection.open({ url, name: 'torture', reconnectWaitMs: 250 });
  try {
    const truth = new Map<string, RoomTruth>();
    for (const room of rooms) truth.set(room, await readTruth(bus, room));
    return truth;
  } finally {
    await bus.close();
  }
}

function judgeAll(found: {
  readonly seed: number;
  readonly says: number;
  readonly participants: readonly Participant[];
  readonly faults: readonly Inflicted[];
  readonly closing: ReadonlyMap<string, string>;
  readonly truth: ReadonlyMap<string, RoomTruth>;
}): SeedResult {
  const { seed, says, participants, faults, closing, truth } = found;
  const upTo = new Map(
    [...truth].map(([room, { events }]) => {
      const last = events.find(({ mark }) => mark === closing.get(room)) ?? events.at(-1);
      return [room, last?.seq ?? 0];
    }),
  );
  const clients = participants.map(({ name, wire, account, journal }) => ({
    ...{ name, wire },
    ...judge({ wire, account: account.id, journal }, { truth, upTo }),
  }));
  const journals = participants.map(({ journal }) => journal);
  const chain = [...truth].flatMap(([room, { chain: broken }]) =>
    broken.map(({ seq }) => ({ kind: 'chain', room, seq, mark: null, client: null }) as const),
  );
  const problems = clients.flatMap(({ name, problems: own }) =>
    own.map((problem) => ({ ...problem, client: name })),
  );
  return {
    ...{ seed, says, clients, problems: [...problems, ...chain] },
    faults: faults.map((fault) => ({ ...fault, healedMs: healedAfter(fault, journals) })),
  };
}
