import type { Actor } from '../domain/events.ts';

export interface WantedReplay {
  readonly room: string;
  readonly to: string;
  /** Days like 2026-11-23 in UTC, both included; null: no limit. */
  readonly since: string | null;
  readonly until: string | null;
  /** So many times as fast; max: one after the other. */
  readonly speed: number | 'max';
  /** No pause is longer; null: as long as it was. */
  readonly maxPauseSeconds: number | null;
  readonly by: Actor;
}

export interface ReplayReport {
  readonly id: string;
  readonly room: string;
  readonly to: string;
  readonly by: Actor;
  readonly state: 'ready' | 'running' | 'paused' | 'ended' | 'stopped' | 'failed';
  readonly speed: number | 'max';
  readonly told: number;
  /** ISO time of the event that was told last. */
  readonly at: string | null;
  /** Why it failed. */
  readonly problem: string | null;
}

export const REPLAY_ACTS = ['pause', 'resume', 'stop', 'speed', 'seek'] as const;
export type ReplayAct = (typeof REPLAY_ACTS)[number];

/** The replays that were started from the pages of this process. They end with it. */
export interface Replays {
  /** Those that run, and the last ones that ended, newest first. */
  list(): readonly ReplayReport[];
  /** `empty`: there is nothing to tell; `busy`: as many run as may. */
  start(wanted: WantedReplay): Promise<'started' | 'empty' | 'busy'>;
  /** `value` is a speed, or a time in milliseconds to go on from. False: there is no such replay. */
  act(id: string, act: ReplayAct, value: number | 'max' | null): Promise<boolean>;
  stop(): void;
}
