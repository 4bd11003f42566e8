import type { Actor } from '../domain/events.ts';
import type { Role } from '../domain/room-commands.ts';
import type { Absences } from './absences.ts';
import type { Presence } from './presence.ts';
import type { RoomLogParts } from './room-log.ts';

export interface RoomOptions {
  readonly commandTimeoutMs: number;
  readonly roomCommandsPendingMax: number;
  /** Messages of one room that are sent to the log together. */
  readonly togetherMax: number;
  readonly snapshotEvery: number;
  /** For so long the log knows a message id again. */
  readonly duplicateWindowMs: number;
  readonly textMaxCodePoints: number;
  readonly membersPerRoomMax: number;
  /** Who was away no longer than this is told what it missed. */
  readonly catchUpWindowMs: number;
}

export interface RoomParts extends RoomLogParts {
  readonly presence: Presence;
  readonly absences: Absences;
  readonly options: RoomOptions;
  readonly newId: () => string;
  readonly roleOf: (account: string) => Promise<Role>;
  readonly accountOf: (account: string) => Promise<Actor | null>;
  readonly onFenced: () => void;
  /** Of messages that were sent together, so many were stored, and so many had to be sent again. */
  readonly onTogether: (stored: number, again: number) => void;
  readonly onProblem: (room: string, error: unknown) => void;
}
