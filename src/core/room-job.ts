import type { RoomCommandOf } from '../domain/room-commands.ts';
import type { Trace } from '../domain/trace.ts';
import type { RoomOutcome } from './room-outcome.ts';

/** A command that waits its turn in a room. */
export interface Job {
  readonly deadline: number;
  /** How often the room was in doubt when the job came. */
  readonly doubts: number;
  readonly work: (deadline: number) => Promise<RoomOutcome>;
  /** A message or an entering, if it is that; then it may go to the log beside others. */
  readonly usual: {
    readonly command: RoomCommandOf<'say' | 'enter'>;
    readonly trace: Trace | null;
  } | null;
  readonly resolve: (outcome: RoomOutcome) => void;
}
