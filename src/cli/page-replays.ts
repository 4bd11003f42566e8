import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { Logger } from '../observability/logger.ts';
import type { ReplayAct, ReplayReport, Replays, WantedReplay } from '../operator/replays.ts';
import { Replay } from '../transcripts/replay.ts';
import { EVERYTHING, type FoundSpan, findSpan } from './log-span.ts';
import { REPLAY_CLOCK, readOn } from './replay.ts';
import { RoomTarget } from './replay-targets.ts';

export interface PageReplaysOptions {
  readonly commandTimeoutMs: number;
  /** That are kept, those that ended included; one more waits until another has ended. */
  readonly replaysMax: number;
  readonly newId: () => string;
  readonly log: Logger;
}

interface Running {
  readonly id: string;
  readonly wanted: WantedReplay;
  readonly replay: Replay;
  readonly reader: LogReader;
  problem: string | null;
  /** Tells it in the room; another one after a jump, so that what was told before is told again. */
  target: RoomTarget;
}

/** Replays into rooms, as the command makes them, with the means to pause and move them. */
export class PageReplays implements Replays {
  readonly #bus: BusConnection;
  readonly #options: PageReplaysOptions;
  readonly #kept = new Map<string, Running>();

  constructor(bus: BusConnection, options: PageReplaysOptions) {
    this.#bus = bus;
    this.#options = options;
  }

  list(): ReplayReport[] {
    return [...this.#kept.values()].reverse().map(({ id, wanted, replay, problem }) => ({
      ...{ id, room: wanted.room, to: wanted.to, by: wanted.by, problem },
      state: problem === null ? replay.state : 'failed',
      ...{ speed: replay.speed, told: replay.told, at: replay.last?.event.time ?? null },
    }));
  }

  async start(wanted: WantedReplay): Promise<'started' | 'empty' | 'busy'> {
    if (!this.#makeRoom()) return 'busy';
    const { commandTimeoutMs, newId } = this.#options;
    const reader = new LogReader(this.#bus, { timeoutMs: commandTimeoutMs, pendingMax: 100 });
    const found = await findSpan(reader, logSubjectOfRoom(wanted.room), spanOf(wanted)).catch(
      (error: unknown) => {
        reader.stop();
        throw error;
      },
    );
    if (found === 'empty') {
      reader.stop();
      return 'empty';
    }
    const id = newId().slice(0, 8);
    const running = this.#make(id, wanted, { reader, found });
    this.#kept.set(id, running);
    // Owner of this promise: the replay itself, which shows how it ended.
    void this.#run(running);
    return 'started';
  }

  async act(id: string, act: ReplayAct, value: number | 'max' | null): Promise<boolean> {
    const running = this.#kept.get(id);
    if (running === undefined) return false;
    const { replay } = running;
    if (act === 'pause') replay.pause();
    if (act === 'resume') replay.resume();
    if (act === 'stop') replay.stop();
    if (act === 'speed' && value !== null) replay.setSpeed(value);
    if (act === 'seek' && typeof value === 'number') await this.#seek(running, value);
    return true;
  }

  stop(): void {
    for (const { replay } of this.#kept.values()) replay.stop();
  }

  // Those that ended make room for new ones, the oldest first.
  #makeRoom(): boolean {
    for (const { id, state } of this.list().reverse()) {
      if (this.#kept.size < this.#options.replaysMax) return true;
      if (OVER.has(state)) this.#kept.delete(id);
    }
    return this.#kept.size < this.#options.replaysMax;
  }

  #make(
    id: string,
    wanted: WantedReplay,
    { reader, found }: { reader: LogReader; found: FoundSpan },
  ): Running {
    const { speed, maxPauseSeconds } = wanted;
    const running: Running = {
      ...{ id, wanted, reader, problem: null, target: this.#newTarget(wanted) },
      replay: new Replay(
        {
          clock: REPLAY_CLOCK,
          read: (afterSeq) => {
            const { target } = running;
            return readOn(this.#bus, reader, wanted.room, found, { target, afterSeq });
          },
          tell: (logged) => running.target.tell(logged),
        },
        {
          ...{ afterSeq: found.fromSeq - 1, speed },
          maxPauseMs: maxPauseSeconds === null ? null : maxPauseSeconds * 1000,
        },
      ),
    };
    return running;
  }

  #newTarget({ to }: WantedReplay): RoomTarget {
    const { commandTimeoutMs, newId } = this.#options;
    return new RoomTarget(
      this.#bus,
      to,
      newId().replaceAll('-', '').slice(0, 16),
      commandTimeoutMs,
    );
  }

  async #seek(running: Running, timeMs: number): Promise<void> {
    const { wanted, reader, replay } = running;
    const subject = logSubjectOfRoom(wanted.room);
    const found = await findSpan(reader, subject, { ...spanOf(wanted), since: timeMs }, 0);
    if (found === 'empty') return;
    const before = running.target;
    running.target = this.#newTarget(wanted);
    replay.seek(found.fromSeq - 1);
    before.stop();
  }

  async #run(running: Running): Promise<void> {
    const { id, wanted, replay, reader } = running;
    const { room, to, by } = wanted;
    const about = { replay: id, roomId: room, to, accountId: by.id };
    this.#options.log.info(about, 'replay started');
    try {
      await replay.run();
    } catch (error) {
      running.problem = error instanceof Error ? error.message : String(error);
      this.#options.log.warn({ ...about, err: error }, 'replay failed');
    } finally {
      running.target.stop();
      reader.stop();
      this.#options.log.info({ ...about, told: replay.told }, 'replay ended');
    }
  }
}

function spanOf({ since, until }: WantedReplay) {
  return {
    ...EVERYTHING,
    since: since === null ? null : Date.parse(since),
    until: until === null ? null : Date.parse(until) + DAY_MS,
  };
}

const DAY_MS = 86_400_000;
const OVER: ReadonlySet<string> = new Set(['ended', 'stopped', 'failed']);
