import type { Evidence, Problem, ProblemKind, Witness } from './evidence.ts';
import type { Acknowledged, Journal } from './journal.ts';
import { type Heard, judgeHeard } from './judge-heard.ts';
import type { StoredEvent } from './truth.ts';

export interface Counts {
  /** Once more for each time that it was sent again. */
  readonly sent: number;
  readonly acknowledged: number;
  /** What was said by anybody, as it came to this client. */
  readonly received: number;
  readonly missing: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** What an XML client may not have heard: it was on its way when the connection broke (protocol.md §6.1). */
  readonly inFlight: number;
  /** What it may have heard again: its relay died before it had said that it wrote it. */
  readonly again: number;
  readonly connections: number;
}

export interface Judged extends Counts {
  readonly problems: readonly Problem[];
}

/** Compares what a client said and heard with what the log has. */
export function judge(witness: Witness, evidence: Evidence): Judged {
  const { journal } = witness;
  const said = judgeSaid(journal, evidence.truth);
  const heard = [...journal.rooms].map(([room, heardRoom]) =>
    judgeHeard(room, heardRoom, witness, evidence),
  );
  const sum = (of: (each: Heard) => number) => heard.reduce((total, each) => total + of(each), 0);
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
    inFlight: sum(({ inFlight }) => inFlight),
    again: sum(({ again }) => again),
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
