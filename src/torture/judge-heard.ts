import type { Evidence, Problem, Witness } from './evidence.ts';
import type { HeardRoom, Received } from './journal.ts';
import type { StoredEvent } from './truth.ts';

export interface Heard {
  readonly problems: readonly Problem[];
  readonly inFlight: number;
  readonly again: number;
}

/** Compares what a client heard of one room with what the log has. */
export function judgeHeard(
  room: string,
  heard: HeardRoom,
  witness: Witness,
  { truth, upTo }: Evidence,
): Heard {
  const events = truth.get(room)?.events ?? [];
  const since = heard.since ?? firstEntering(events, witness.account);
  const isEntitled = ({ seq, mark }: StoredEvent) =>
    seq > since && seq <= (upTo.get(room) ?? 0) && (witness.wire === 'web' || mark !== null);
  const places = placesOf(heard.received, events);
  const order = judgeOrder(room, heard, places);
  const missed = missedBy(heard, places, events.filter(isEntitled));
  const missing = missed
    .filter(({ inFlight }) => !inFlight)
    .map(({ event: { seq, mark, type } }): Problem => {
      return { kind: 'missing', room, seq, mark: mark ?? type };
    });
  return {
    problems: [...order.problems, ...missing, ...judgeLinks(room, heard)],
    inFlight: missed.length - missing.length,
    again: order.again,
  };
}

function judgeLinks(room: string, { brokenLinks, unrecovered }: HeardRoom): Problem[] {
  const times = (count: number, kind: Problem['kind']) =>
    Array.from({ length: count }, (): Problem => ({ kind, room, seq: null, mark: null }));
  return [...times(brokenLinks, 'broken-link'), ...times(unrecovered, 'unrecovered')];
}

function firstEntering(events: readonly StoredEvent[], account: string): number {
  const entered = events.find((each) => each.type === 'member.entered' && each.account === account);
  return entered?.seq ?? 0;
}

interface Place {
  readonly received: Received;
  /** Null: the log has no such event. */
  readonly event: StoredEvent | null;
}

// On XML an event is known by its mark, on the web by its sequence.
function placesOf(received: readonly Received[], events: readonly StoredEvent[]): Place[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const byMark = new Map(events.map((event) => [event.mark, event]));
  return received.map((each) => {
    const found = each.seq === null ? byMark.get(each.mark ?? '') : bySeq.get(each.seq);
    const isSame = found !== undefined && found.mark === each.mark && found.text === each.text;
    return { received: each, event: isSame ? found : null };
  });
}

function judgeOrder(
  room: string,
  heard: HeardRoom,
  places: readonly Place[],
): { problems: Problem[]; again: number } {
  const problems: Problem[] = [];
  const first = new Map<number, Received>();
  let newest = 0;
  let again = 0;
  for (const { received, event } of places) {
    const { mark } = received;
    if (event === null) {
      problems.push({ kind: 'garbled', room, seq: received.seq, mark });
      continue;
    }
    const { seq } = event;
    const before = first.get(seq);
    if (before !== undefined && mayBeAgain(heard, before, received)) again += 1;
    else if (before !== undefined) problems.push({ kind: 'doubled', room, seq, mark });
    else if (seq < newest) problems.push({ kind: 'out-of-order', room, seq, mark });
    if (before === undefined) first.set(seq, received);
    newest = Math.max(newest, seq);
  }
  return { problems, again };
}

// Only what was told in the last moments of a relay that was killed.
function mayBeAgain({ seams }: HeardRoom, before: Received, now: Received): boolean {
  return seams
    .slice(before.stay - 1, now.stay - 1)
    .some(({ ending, endedMs }) => ending === 'broken' && before.atMs >= endedMs - MOMENT_MS);
}

const MOMENT_MS = 1000;

/** What was not heard; `inFlight`: it may have been on its way when the connection broke. */
function missedBy(
  heard: HeardRoom,
  places: readonly Place[],
  entitled: readonly StoredEvent[],
): { event: StoredEvent; inFlight: boolean }[] {
  const stays = new Map(
    places.flatMap(({ received, event }) => (event === null ? [] : [[event.seq, received.stay]])),
  );
  const missed: StoredEvent[] = [];
  const found: { event: StoredEvent; inFlight: boolean }[] = [];
  let before = 1;
  const settle = (after: number) => {
    for (const event of missed.splice(0)) {
      found.push({ event, inFlight: mayBeInFlight(heard, event, before, after) });
    }
  };
  for (const event of entitled) {
    const stay = stays.get(event.seq);
    if (stay === undefined) {
      missed.push(event);
      continue;
    }
    settle(stay);
    before = stay;
  }
  settle(heard.stay);
  return found;
}

// A relay that was killed wrote nothing later. One that was paused may have written, when it woke up, to
// a connection that its client had given up meanwhile.
function mayBeInFlight(
  { seams }: HeardRoom,
  { atMs }: StoredEvent,
  before: number,
  after: number,
): boolean {
  return seams.slice(before - 1, after - 1).some(({ ending, endedAt, backAt }) => {
    if (ending === 'broken') return atMs <= endedAt + CLOCKS_MS;
    return ending === 'gave-up' && atMs <= backAt;
  });
}

const CLOCKS_MS = 20;
