import type { Acknowledged, HeardRoom, Journal, Received } from './journal.ts';
import type { RoomTruth, StoredEvent } from './truth.ts';

/**
 * - `lost`: it was acknowledged and is not in the log where it was said to be.
 * - `stored-twice`: the log has it twice.
 * - `missing`: the log has it, and a client that was entitled to it did not get it.
 * - `doubled`, `out-of-order`: a client got it twice, or after a later one.
 * - `garbled`: a client got something that is not what the log has.
 * - `broken-link`: an event named another one before it than the one that came before it.
 * - `unrecovered`: the server said that it cannot bring all that was missed.
 * - `unacknowledged`: it was said again and again until the end and never acknowledged.
 * - `chain`: the hash chain of the log does not add up.
 */
export type ProblemKind =
  | ('lost' | 'stored-twice' | 'missing' | 'doubled' | 'out-of-order' | 'garbled')
  | ('broken-link' | 'unrecovered' | 'unacknowledged' | 'chain');

export interface Problem {
  readonly kind: ProblemKind;
  readonly room: string;
  readonly seq: number | null;
  /** Of what was said; the type of another event. */
  readonly mark: string | null;
}

export interface Counts {
  /** Once more for each time that it was sent again. */
  readonly sent: number;
  readonly acknowledged: number;
  /** What was said by anybody, as it came to this client. */
  readonly received: number;
  readonly missing: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Said while a client on XML was not there, and not brought to it afterwards. */
  readonly away: number;
  readonly connections: number;
}

export interface Judged extends Counts {
  readonly problems: readonly Problem[];
}

/** Whom a journal is of, and what it could know. */
export interface Witness {
  readonly wire: 'xml' | 'web';
  readonly account: string;
  readonly journal: Journal;
}

export interface Evidence {
  /** Of each room. */
  readonly truth: ReadonlyMap<string, RoomTruth>;
  /** Of each room: up to this sequence everybody had time to hear it. */
  readonly upTo: ReadonlyMap<string, number>;
}

/** Compares what a client said and heard with what the log has. */
export function judge(witness: Witness, evidence: Evidence): Judged {
  const { journal } = witness;
  const said = judgeSaid(journal, evidence.truth);
  const heard = [...journal.rooms].map(([room, heardRoom]) =>
    judgeHeard(room, heardRoom, witness, evidence),
  );
  const problems = [...said, ...heard.flatMap((each) => each.problems)];
  const count = (...kinds: ProblemKind[]) =>
    problems.filter(({ kind }) => kinds.includes(kind)).length;
  const all = [...journal.rooms.values()].flatMap(({ received }) => received);
  return {
    sent: journal.attempts,
    acknowledged: journal.acknowledged.size,
    received: all.filter(({ mark }) => mark !== null).length,
    missing: count('missing', 'lost', 'garbled'),
    doubled: count('doubled', 'stored-twice'),
    outOfOrder: count('out-of-order', 'broken-link'),
    away: heard.reduce((sum, { away }) => sum + away, 0),
    connections: journal.connections,
    problems,
  };
}

function judgeSaid(journal: Journal, truth: Evidence['truth']): Problem[] {
  const problems: Problem[] = [];
  for (const { room, mark, text } of journal.said.values()) {
    const stored = (truth.get(room)?.events ?? []).filter((event) => event.mark === mark);
    const acknowledged = journal.acknowledged.get(mark);
    const seq = acknowledged?.seq ?? stored[0]?.seq ?? null;
    if (stored.length > 1) problems.push({ kind: 'stored-twice', room, seq, mark });
    const isLost = acknowledged !== undefined && !stored.some((event) => isIt(event, acknowledged));
    if (isLost) problems.push({ kind: 'lost', room, seq, mark });
    const garbled = stored.some((event) => event.text !== text);
    if (garbled) problems.push({ kind: 'garbled', room, seq, mark });
  }
  return problems;
}

function isIt(event: StoredEvent, { seq }: Acknowledged): boolean {
  return seq === null || event.seq === seq;
}

function judgeHeard(
  room: string,
  heard: HeardRoom,
  witness: Witness,
  { truth, upTo }: Evidence,
): { problems: Problem[]; away: number } {
  const events = truth.get(room)?.events ?? [];
  const since = heard.since ?? firstEntering(events, witness.account);
  const isEntitled = ({ seq, mark }: StoredEvent) =>
    seq > since && seq <= (upTo.get(room) ?? 0) && (witness.wire === 'web' || mark !== null);
  const order = placesOf(heard.received, events);
  const problems = judgeOrder(room, order);
  const missed = missedBy(heard, order, events.filter(isEntitled));
  const away = witness.wire === 'xml' ? missed.filter(({ seam }) => seam).length : 0;
  for (const { event, seam } of missed) {
    const { seq } = event;
    const mark = event.mark ?? event.type;
    if (witness.wire === 'web' || !seam) problems.push({ kind: 'missing', room, seq, mark });
  }
  const more = { room, seq: null, mark: null };
  for (let link = 0; link < heard.brokenLinks; link += 1)
    problems.push({ kind: 'broken-link', ...more });
  for (let times = 0; times < heard.unrecovered; times += 1)
    problems.push({ kind: 'unrecovered', ...more });
  return { problems, away };
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

function judgeOrder(room: string, places: readonly Place[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<number>();
  let newest = 0;
  for (const { received, event } of places) {
    const { mark } = received;
    if (event === null) {
      problems.push({ kind: 'garbled', room, seq: received.seq, mark });
      continue;
    }
    const { seq } = event;
    if (seen.has(seq)) problems.push({ kind: 'doubled', room, seq, mark });
    else if (seq < newest) problems.push({ kind: 'out-of-order', room, seq, mark });
    seen.add(seq);
    newest = Math.max(newest, seq);
  }
  return problems;
}

/** What was not heard; `seam`: between two stays in the room, not within one. */
function missedBy(
  heard: HeardRoom,
  places: readonly Place[],
  entitled: readonly StoredEvent[],
): { event: StoredEvent; seam: boolean }[] {
  const stays = new Map(
    places.flatMap(({ received, event }) => (event === null ? [] : [[event.seq, received.stay]])),
  );
  const missed: StoredEvent[] = [];
  const found: { event: StoredEvent; seam: boolean }[] = [];
  let before = 1;
  const settle = (after: number) => {
    for (const event of missed.splice(0)) found.push({ event, seam: before !== after });
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
