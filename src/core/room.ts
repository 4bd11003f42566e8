import { setTimeout as pause } from 'node:timers/promises';
import { BusError } from '../bus/bus-error.ts';
import type { Actor } from '../domain/events.ts';
import { refusal } from '../domain/refusals.ts';
import { type RoomAnswer, type RoomCommand, refuse } from '../domain/room-commands.ts';
import { continueTrace, type Trace } from '../domain/trace.ts';
import { type Draft, decide, EVENT_OF } from './decide.ts';
import { restsOnState } from './rests-on-state.ts';
import { RoomCircumstances } from './room-circumstances.ts';
import type { Job } from './room-job.ts';
import { RoomLog } from './room-log.ts';
import { type RoomOutcome, storedBy } from './room-outcome.ts';
import type { RoomParts } from './room-parts.ts';
import { RECENT_MAX, recentSeq } from './room-state.ts';
import { SaidOrder } from './said-order.ts';
import { beginTogether } from './together.ts';

/**
 * One room: its commands are decided one after the other, each on the state that the one before it
 * left. Messages and enterings go to the log without waiting for each other, at most `togetherMax`
 * (ADR 0012). At most `roomCommandsPendingMax` commands wait; one more, and one that waited too long, is
 * refused with `TRY_AGAIN`.
 */
export class Room {
  readonly id: string;
  readonly #parts: RoomParts;
  readonly #log: RoomLog;
  readonly #circumstances: RoomCircumstances;
  readonly #waiting: Job[] = [];
  readonly #order = new SaidOrder();
  #running = false;
  #doubts = 0;
  // The state may be behind the log: an append got no answer, or nothing was read yet.
  #stale = true;
  #loaded = false;
  // The log was read for the command that runs.
  #confirmed = false;

  constructor(id: string, parts: RoomParts) {
    this.id = id;
    this.#parts = parts;
    this.#log = new RoomLog(id, parts);
    this.#circumstances = new RoomCircumstances(id, parts);
  }

  get memberCount(): number {
    return this.#log.state.members.size;
  }

  /** Whether the newest events have no snapshot yet. */
  get isUnsaved(): boolean {
    return this.#log.unsaved > 0;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  /** Somebody else may have written: the log is read before the next command. */
  doubt(): void {
    this.#doubts += 1;
    this.#stale = true;
  }

  /** Runs a command; the answer comes after the log has stored what it caused. Never rejects. */
  run(command: RoomCommand, trace: Trace | null = null): Promise<RoomOutcome> {
    if (!this.#order.take(command)) return Promise.resolve(TRY_AGAIN);
    const isUsual = command.type === 'say' || command.type === 'enter';
    const usual = isUsual ? { command, trace } : null;
    return this.#enqueue((deadline) => this.#run(command, deadline, trace), usual);
  }

  /**
   * Makes the members those whom the relays have: who is here enters, and who is gone leaves, with
   * `mayLeave`. False when there is still something to do.
   */
  async reconcile(mayLeave: boolean): Promise<boolean> {
    let isDone = true;
    const answer = await this.#enqueue(async (deadline) => {
      const { presence, absences, now } = this.#parts;
      const here = presence.in(this.id);
      const { members } = this.#log.state;
      for (const member of members.values()) {
        if (here.has(member.id) || absences.isAwaited(this.id, member.id, now())) continue;
        if (mayLeave) await this.#dismiss(member, deadline);
        else isDone = false;
      }
      for (const member of here.values()) {
        if (!members.has(member.id)) await this.#run(this.#soft('enter', member), deadline);
      }
      return this.#answer(this.#log.state.seq);
    });
    return answer.ok && isDone;
  }

  /** Those of these accounts who are still away leave: they are not awaited any longer. */
  async dismiss(accounts: readonly string[]): Promise<void> {
    await this.#enqueue(async (deadline) => {
      const { presence, absences, now } = this.#parts;
      for (const account of accounts) {
        if (absences.isAwaited(this.id, account, now())) continue;
        const member = this.#log.state.members.get(account);
        const isHere = member === undefined || presence.has(this.id, account);
        if (isHere) absences.remove(this.id, account);
        else await this.#dismiss(member, deadline);
      }
      return this.#answer(this.#log.state.seq);
    });
  }

  /** Saves a snapshot, after everything that waits is done. */
  async save(): Promise<void> {
    await this.#enqueue(async () => {
      await this.#log.saveSnapshot();
      return this.#answer(this.#log.state.seq);
    });
  }

  async #dismiss(member: Actor, deadline: number): Promise<void> {
    const { absences } = this.#parts;
    const heard = absences.heardBy(this.id, member.id) ?? undefined;
    const { ok } = await this.#run({ ...this.#soft('leave', member), heard }, deadline);
    if (ok) absences.remove(this.id, member.id);
  }

  #soft<T extends 'enter' | 'leave'>(type: T, from: Actor) {
    return { type, id: this.#parts.newId(), from, via: 'nats', relay: CHAT_CORE } as const;
  }

  #enqueue(work: Job['work'], usual: Job['usual'] = null): Promise<RoomOutcome> {
    if (this.#waiting.length >= this.#parts.options.roomCommandsPendingMax) {
      return Promise.resolve(TRY_AGAIN);
    }
    const deadline = performance.now() + this.#parts.options.commandTimeoutMs;
    return new Promise((resolve) => {
      this.#waiting.push({ deadline, doubts: this.#doubts, work, usual, resolve });
      // Owner of this promise: the room; `#drain` turns every failure into an answer.
      if (this.#running) return;
      this.#running = true;
      // What comes in the same turn goes to the log together.
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      if (!(await this.#doTogether(job))) job.resolve(await this.#attempt(job));
    }
    this.#running = false;
  }

  // What is usual and waits goes to the log together: each is decided on what the one before it will
  // leave. Those that are not stored then are done again one by one, after a look into the log.
  async #doTogether(first: Job): Promise<boolean> {
    const next = this.#waiting[0];
    if (this.#stale || first.usual === null || (next?.usual ?? null) === null) return false;
    const { togetherMax } = this.#parts.options;
    const { belief } = this.#log;
    const begin = (job: Job) => this.#doAhead(job);
    const { stored, again } = await beginTogether(first, this.#waiting, togetherMax, begin);
    if (stored.length + again.length === 0) return false;
    this.#parts.onTogether(stored.length, again.length);
    for (const { job, answer } of stored) job.resolve(answer);
    if (again.length > 0) {
      this.#log.goBackTo(belief);
      this.#stale = true;
    }
    for (const job of again) job.resolve(await this.#attemptPatiently(job));
    this.#saveWhenDue();
    return true;
  }

  // Null: there is more to it than a member's message or somebody new, or it is refused.
  #doAhead({ usual, deadline }: Job): Promise<RoomOutcome> | null {
    if (usual === null || performance.now() >= deadline) return null;
    const { command } = usual;
    const { state } = this.#log;
    const isMember = state.members.has(command.from.id);
    if (isMember !== (command.type === 'say') || this.#doneBefore(command) !== null) return null;
    this.#notePresence(command);
    const decision = decide(state, command, this.#circumstances.usual());
    const draft = decision.ok ? decision.drafts[0] : undefined;
    if (draft === undefined) return null;
    const messageId = this.#messageId(command, draft);
    const trace = this.#continued(usual.trace);
    const heard = command.type === 'enter' ? this.#heardBefore(command) : null;
    const stored = this.#log.appendAhead(draft, { id: command.id, messageId, deadline, trace });
    if (stored === null) return null;
    const { seq } = this.#log.state;
    const answer =
      command.type === 'say' ? storedBy(command, seq) : this.#answer(seq, command, true, heard);
    return stored.then(() => answer);
  }

  // NATS may be away just now, and what was sent into it with it.
  async #attemptPatiently(job: Job): Promise<RoomOutcome> {
    while (this.#stale && performance.now() < job.deadline) {
      try {
        await this.#refresh();
      } catch (error) {
        this.#stale = true;
        if (!(error instanceof BusError && error.passing)) break;
        await pause(RETRY_PAUSE_MS);
      }
    }
    return this.#attempt(job);
  }

  async #attempt({ deadline, doubts, work }: Job): Promise<RoomOutcome> {
    // Who asked has given up by now, or asked another: what is done late would be done twice.
    if (performance.now() >= deadline || doubts !== this.#doubts) return TRY_AGAIN;
    try {
      await this.#refresh();
      const answer = await work(deadline);
      this.#saveWhenDue();
      return answer;
    } catch (error) {
      this.#stale = true;
      this.#report(error);
      return TRY_AGAIN;
    }
  }

  // A snapshot is never waited for and never needed: without it the next start reads more.
  #saveWhenDue(): void {
    if (this.#log.unsaved < this.#parts.options.snapshotEvery) return;
    this.#log.saveSnapshot().catch((error: unknown) => this.#report(error));
  }

  #report(error: unknown): void {
    if (error instanceof BusError && error.passing) return;
    this.#parts.onProblem(this.id, error);
  }

  async #refresh(): Promise<void> {
    this.#confirmed = this.#stale;
    if (!this.#stale) return;
    // A doubt that comes while the log is read is another one.
    this.#stale = false;
    if (this.#loaded) await this.#log.catchUp();
    else await this.#log.load();
    this.#loaded = true;
  }

  async #run(
    command: RoomCommand,
    deadline: number,
    trace: Trace | null = null,
  ): Promise<RoomOutcome> {
    this.#notePresence(command);
    for (let attempt = 0; attempt < FENCED_MAX; attempt += 1) {
      try {
        const { seq } = this.#log.state;
        const answer = await this.#decideAndAppend(command, deadline, trace);
        const isChecked = this.#confirmed || this.#log.state.seq !== seq;
        if (isChecked || !restsOnState(command, answer)) return answer;
        // What stores nothing the log cannot refuse: it is decided on what the log has now.
        this.#confirmed = true;
        await this.#log.catchUp();
        if (this.#log.state.seq === seq) return answer;
        this.#notePresence(command);
      } catch (error) {
        if (!(error instanceof BusError && error.kind === 'FENCED')) throw error;
        this.#parts.onFenced();
        const { n } = this.#log.state;
        await this.#log.catchUp();
        // More than a room remembers was stored meanwhile, by another: the command, too, may have been,
        // and the log may not know it any longer.
        const { duplicateWindowMs, commandTimeoutMs } = this.#parts.options;
        const isKnown = duplicateWindowMs > commandTimeoutMs * 2;
        if (!isKnown && this.#log.state.n - n >= RECENT_MAX) return TRY_AGAIN;
      }
    }
    return TRY_AGAIN;
  }

  async #decideAndAppend(
    command: RoomCommand,
    deadline: number,
    traced: Trace | null,
  ): Promise<RoomOutcome> {
    const done = this.#doneBefore(command);
    const heard = command.type === 'enter' ? this.#heardBefore(command) : null;
    if (done !== null) return this.#answer(done, command, true, heard);
    const decision = decide(
      this.#log.state,
      command,
      await this.#circumstances.of(command, this.#log.state),
    );
    if (!decision.ok) {
      if (command.type === 'enter') {
        this.#parts.presence.remove(command.relay, this.id, command.from.id);
      }
      return refuse(decision.refusal);
    }
    if (!('id' in command)) return this.#answer(this.#log.state.seq, command);
    let { seq } = this.#log.state;
    let isKnown = true;
    for (const draft of decision.drafts) {
      // What the command caused on the way has an id of its own: ids of events are not used twice.
      const id = draft.type === EVENT_OF[command.type] ? command.id : this.#parts.newId();
      const messageId = this.#messageId(command, draft);
      const trace = this.#continued(traced);
      const under = { id, messageId, deadline, trace };
      ({ seq, duplicate: isKnown } = await this.#log.append(draft, under));
      this.#afterwards(draft);
    }
    if (command.type === 'say' && !isKnown) return storedBy(command, seq);
    return this.#answer(seq, command, decision.drafts.length > 0, heard);
  }

  #continued(trace: Trace | null): Trace | null {
    return trace === null ? null : continueTrace(trace, this.#parts.newId);
  }

  // A room id has no colon and an account id neither: no other command makes the same one.
  #messageId(command: { id: string; from: Actor }, { type }: Draft): string {
    return `${this.id}:${command.from.id}:${type}:${command.id}`;
  }

  // Asked again, because the first answer was lost, a command has the answer of the first time, even
  // if the room has changed so that it would now be refused.
  #doneBefore(command: RoomCommand): number | null {
    if (!('id' in command)) return null;
    const { state } = this.#log;
    if (command.type === 'enter' && !state.members.has(command.from.id)) return null;
    return recentSeq(state, command.from.id, EVENT_OF[command.type], command.id);
  }

  // protocol.md §6.1: what an account had heard that was away and did not say that it leaves.
  #heardBefore({ id, from }: { id: string; from: Actor }): number | null {
    const { absences, now, options } = this.#parts;
    const { members, away } = this.#log.state;
    if (members.has(from.id)) {
      const heard = absences.end(this.id, from.id, id, now());
      if (heard !== null) return heard;
    }
    const known = away.get(from.id);
    if (known === undefined || (known.backBy !== null && known.backBy !== id)) return null;
    return now() - Date.parse(known.since) <= options.catchUpWindowMs ? known.heard : null;
  }

  #afterwards(draft: Draft): void {
    const { presence, absences } = this.#parts;
    if (draft.type === 'member.kicked') {
      presence.removeEverywhere(this.id, draft.member.id);
      absences.remove(this.id, draft.member.id);
    }
    if (draft.type === 'room.changed' && draft.closed === true) {
      presence.removeRoom(this.id);
      absences.removeRoom(this.id);
    }
  }

  #notePresence(command: RoomCommand): void {
    const { presence, absences, now } = this.#parts;
    if (command.type === 'enter' && command.relay !== CHAT_CORE) {
      this.#missBeforehand(command);
      presence.add(command.relay, this.id, command.from);
    }
    if (command.type !== 'leave' || command.relay === CHAT_CORE) return;
    const { relay, from, lost, heard } = command;
    presence.remove(relay, this.id, from.id);
    if (lost !== true) absences.remove(this.id, from.id);
    else if (!presence.has(this.id, from.id)) {
      const before = this.#log.state.away.get(from.id)?.heard ?? null;
      absences.add(this.id, from, heard ?? before, now());
    }
  }

  // A member that no relay vouches for was on one that is dead: this core has only just taken the room
  // over, from one that knew.
  #missBeforehand({ relay, from }: { relay: string; from: Actor }): void {
    const { presence, absences, now } = this.#parts;
    const isMember = this.#log.state.members.has(from.id);
    if (!isMember || presence.has(this.id, from.id) || absences.knows(this.id, from.id)) return;
    const heard = absences.toldElsewhere(this.id, relay);
    if (heard !== null) absences.add(this.id, from, heard, now());
  }

  #answer(
    seq: number,
    command?: RoomCommand,
    changed = false,
    heard: number | null = null,
  ): RoomAnswer {
    const { name, members } = this.#log.state;
    if (command?.type !== 'enter' && command?.type !== 'members') return { ok: true, seq };
    const list = { name: name ?? '', members: [...members.values()] };
    const more = { ...list, announced: changed, ...(heard === null ? {} : { heard }) };
    return { ok: true, seq: this.#log.state.seq, ...more };
  }
}

/** Who gives the commands that chat-core gives itself. */
const CHAT_CORE = 'chat-core';
const FENCED_MAX = 10;
const RETRY_PAUSE_MS = 20;
const TRY_AGAIN: RoomAnswer = refuse(refusal('TRY_AGAIN'));
