import type { Command } from './commands.ts';
import type { Actor, Logged, WhisperEvent } from './events.ts';
import type { Refusal, RefusalCode } from './refusals.ts';

export interface RoomSummary {
  readonly id: string;
  readonly name: string;
  /** How many accounts are in it now. */
  readonly members: number;
}

/** The answer to one command, to the session that gave it (protocol.md §4). */
export type Reply =
  | {
      readonly type: 'welcome';
      readonly user: Actor;
      readonly isModerator: boolean;
      /** Resume token: logs the same person in again until it expires. */
      readonly session: string;
      readonly rooms: readonly RoomSummary[];
    }
  | { readonly type: 'rooms'; readonly rooms: readonly RoomSummary[] }
  | {
      readonly type: 'joined';
      readonly room: string;
      readonly name: string;
      /** The room's state below is the state after the event of this sequence. */
      readonly seq: number;
      readonly members: readonly Actor[];
      /** False: part of what came after the client's `after` is out of reach. */
      readonly recovered: boolean;
      /** The person who entered. */
      readonly entrant: Actor;
      /** True when the log got a `member.entered` for this, false when the account was in already. */
      readonly announced: boolean;
    }
  | { readonly type: 'left'; readonly room: string }
  | { readonly type: 'said'; readonly room: string; readonly seq: number; readonly id: string }
  | {
      /** The answer to a `say` into several rooms: what became of it in each. */
      readonly type: 'said-in-rooms';
      readonly rooms: readonly SaidInRoom[];
      readonly id: string;
    }
  | { readonly type: 'whispered' }
  | { readonly type: 'members'; readonly room: string; readonly members: readonly Actor[] }
  | {
      readonly type: 'history';
      readonly room: string;
      /** Oldest first. */
      readonly events: readonly Logged[];
      /** True when there is more on the side that the limit cut off. */
      readonly more: boolean;
    }
  | {
      /** Private messages to who asked. */
      readonly type: 'whispers';
      /** Oldest first. */
      readonly events: readonly Logged<WhisperEvent>[];
      readonly more: boolean;
    }
  | { readonly type: 'done'; readonly command: string; readonly room: string; readonly seq: number }
  | { readonly type: 'pong' }
  /** The last words to somebody who logs out. */
  | { readonly type: 'goodbye' }
  | { readonly type: 'error'; readonly refusal: Refusal; readonly during: CommandName | null };

export type SaidInRoom =
  | { readonly room: string; readonly seq: number }
  | { readonly room: string; readonly code: RefusalCode };

/** What was being asked when a refusal came; null when the frame never became a command. */
export type CommandName = Command['type'];
