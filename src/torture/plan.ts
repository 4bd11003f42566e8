import { FAULTS, type FaultKind } from './faults.ts';
import { markOf } from './marks.ts';
import { type Random, seededRandom } from './random.ts';

export interface PlanOptions {
  readonly clients: number;
  readonly rooms: number;
  /** Said by all clients together. */
  readonly messages: number;
  readonly durationMs: number;
  readonly faults: readonly FaultKind[];
  readonly relays: number;
  readonly cores: number;
}

export interface PlannedSay {
  /** From the start; later when the say before it is not acknowledged yet. */
  readonly atMs: number;
  /** Which of the rooms. */
  readonly room: number;
  readonly mark: string;
  /** What follows the mark in the text. */
  readonly words: string;
}

export interface PlannedFault {
  readonly atMs: number;
  readonly forMs: number;
  readonly kind: FaultKind;
  /** Which client, relay or chat-core. */
  readonly target: number;
}

export interface Plan {
  /** Of each client, in the order of time. */
  readonly says: readonly (readonly PlannedSay[])[];
  /** In the order of time. */
  readonly faults: readonly PlannedFault[];
}

/** Decides from the seed alone who says what when, and what goes wrong when. */
export function planRun(seed: number, options: PlanOptions): Plan {
  const random = seededRandom(seed);
  const says = planSays(random, options);
  const faults = [...planCuts(random, options), ...planProcessFaults(random, options)];
  return { says, faults: faults.sort((one, other) => one.atMs - other.atMs) };
}

/** A client on XML is in one room at a time: in this one. */
export function roomOfXmlClient(client: number, rooms: number): number {
  return Math.floor(client / 2) % rooms;
}

/** Every other client is on XML. */
export function wireOf(client: number): 'xml' | 'web' {
  return client % 2 === 0 ? 'xml' : 'web';
}

function planSays(random: Random, { clients, rooms, messages, durationMs }: PlanOptions) {
  const says: PlannedSay[][] = Array.from({ length: clients }, () => []);
  const times = Array.from({ length: messages }, () => random.whole(0, durationMs));
  for (const atMs of times.sort((one, other) => one - other)) {
    const client = random.whole(0, clients - 1);
    const own = says[client] ?? [];
    const room =
      wireOf(client) === 'xml' ? roomOfXmlClient(client, rooms) : random.whole(0, rooms - 1);
    own.push({ atMs, room, mark: markOf(client, own.length), words: random.pick(WORDS) });
  }
  return says;
}

// Faults end early enough for something to be said after them.
const LAST_FAULT = 0.85;
const FIRST_FAULT_MS = 1000;

function planCuts(random: Random, { clients, durationMs, faults }: PlanOptions): PlannedFault[] {
  if (!faults.includes('cut')) return [];
  const cuts: PlannedFault[] = [];
  let atMs = FIRST_FAULT_MS;
  while (atMs < durationMs * LAST_FAULT) {
    cuts.push({ atMs, forMs: 0, kind: 'cut', target: random.whole(0, clients - 1) });
    atMs += random.whole(200, 3000);
  }
  return cuts;
}

// Every kind has its turn before one comes again. One in four begins before the one before is over.
function planProcessFaults(random: Random, options: PlanOptions): PlannedFault[] {
  const kinds = options.faults.filter((kind) => kind !== 'cut');
  const planned: PlannedFault[] = [];
  let deck: FaultKind[] = [];
  let atMs = FIRST_FAULT_MS + random.whole(0, 1000);
  while (kinds.length > 0 && atMs < options.durationMs * LAST_FAULT) {
    if (deck.length === 0) deck = random.shuffled(kinds);
    const kind = deck.shift() ?? random.pick(kinds);
    const { to, minMs, maxMs } = FAULTS[kind];
    const count = { client: 1, relay: options.relays, core: options.cores, nats: 1 }[to];
    const forMs = random.whole(minMs, maxMs);
    planned.push({ atMs, forMs, kind, target: random.whole(0, count - 1) });
    const overlaps = random.fraction() < 0.25;
    atMs += overlaps ? Math.floor(forMs * random.fraction()) : forMs + random.whole(1000, 5000);
  }
  return planned;
}

// Letters of several bytes, markup and quotes: what a wire could break.
const WORDS = [
  'Hello everyone',
  'a < b && "c" > \'d\'',
  '<msg from_id="0">*root has entered</msg>',
  'Grüße aus Köln, 今日は, привет',
  '🎈🎉 👩‍👩‍👧',
  'two\nlines',
  '&amp; &lt;b&gt; &#0;',
  ']]> <![CDATA[ -->',
  'x'.repeat(900),
] as const;
