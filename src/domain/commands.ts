/** How somebody proves who they are. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A resume token of ours, or a JWT of somebody else's login. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'guest'; readonly name: string };

/**
 * What a client asks, whichever wire it came from (protocol.md §4). `room: null` means the one room
 * the session is in.
 */
export type Command =
  | { readonly type: 'login'; readonly credentials: Credentials }
  | { readonly type: 'rooms' }
  | {
      readonly type: 'enter';
      readonly room: string;
      readonly after?: number;
      /** Stay in the rooms one is in, also where the wire has one room at a time. */
      readonly keep?: boolean;
    }
  /** Old clients know rooms by name; null: the first room of the list. */
  | { readonly type: 'enter-by-name'; readonly name: string | null }
  | { readonly type: 'leave'; readonly room: string | null }
  | {
      readonly type: 'say';
      /** Empty: the one room the session is in. More than one: moderators only. */
      readonly rooms: readonly string[];
      readonly text: string;
      readonly id?: string;
      /** False: the session itself does not hear what it said. */
      readonly echo?: boolean;
    }
  /** For moderators: a line of the system's. */
  | { readonly type: 'announce'; readonly room: string; readonly text: string }
  | { readonly type: 'whisper'; readonly to: string; readonly text: string; readonly id?: string }
  | { readonly type: 'members'; readonly room: string | null }
  | HistoryCommand
  /** The private messages to the account itself, oldest first. */
  | { readonly type: 'whispers'; readonly after?: number; readonly limit?: number }
  | ModerationCommand
  | { readonly type: 'ping' }
  | { readonly type: 'logout' };

export interface HistoryCommand {
  readonly type: 'history';
  readonly room: string | null;
  /** Only events with a lower sequence. */
  readonly before?: number;
  /** Only events with a higher sequence. */
  readonly after?: number;
  readonly limit?: number;
  /** Leave out all but what was said: `message.posted` and `notice.posted`. */
  readonly spokenOnly?: boolean;
}

export interface ModerationCommand {
  readonly type: 'kick' | 'mute' | 'unmute' | 'ban' | 'unban';
  readonly room: string;
  /** The account id of the member it is about. */
  readonly user: string;
  readonly reason?: string;
  /** For mute and ban: how long. Left out: until it is undone. */
  readonly seconds?: number;
}

/** The commands of a type: `CommandOf<'say'>`. */
export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;
