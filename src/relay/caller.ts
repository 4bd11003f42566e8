import type { LogReader } from '../bus/log-reader.ts';
import type { Codec } from '../codecs/codec.ts';
import type { Command } from '../domain/commands.ts';
import { type RefusalCode, refusal } from '../domain/refusals.ts';
import type { Reply } from '../domain/replies.ts';
import type { CoreClient } from './core-client.ts';
import type { Departure, Departures } from './departures.ts';
import type { Hubs } from './hubs.ts';
import type { RelayLimits } from './options.ts';
import type { Place } from './outbox.ts';
import type { Speaker } from './speaker.ts';

export interface CommandParts {
  readonly relay: string;
  readonly core: CoreClient;
  readonly hubs: Hubs;
  readonly reader: LogReader;
  readonly departures: Departures;
  readonly limits: RelayLimits;
  readonly newId: () => string;
}

/** The session that a command came from, as the commands see it. */
export interface Caller {
  readonly codec: Codec;
  readonly speaker: Speaker | null;
  begin(speaker: Speaker): void;
  push(frames: readonly Buffer[], place?: Place): void;
  /** Resolves when little waits for the client, or its connection is over. */
  whenDrained(): Promise<void>;
  reply(reply: Reply): void;
  /** Resolves when what was asked before is answered: several messages may be under way. */
  whenItsTurn(): Promise<void>;
  /** Says goodbye and closes. */
  logOut(): void;
}

/** A caller that is logged in. */
export interface Member extends Caller {
  readonly speaker: Speaker;
}

/** Tells the caller that its command was refused. */
export function refuse(
  caller: Caller,
  command: Command,
  code: RefusalCode,
  message?: string,
): void {
  caller.reply({ type: 'error', refusal: refusal(code, message), during: command.type });
}

/**
 * Takes a session out of a room; chat-core hears of it when it was its account's last one here. `lost`
 * is for one whose connection broke.
 */
export async function leaveRoom(
  room: string,
  speaker: Speaker,
  { hubs, departures }: CommandParts,
  lost?: Departure['lost'],
): Promise<void> {
  const { actor, codec } = speaker;
  speaker.rooms.delete(room);
  const wasLast = hubs.remove(room, speaker);
  if (!wasLast) return;
  await departures.tell({ room, actor, via: codec.via, ...(lost === undefined ? {} : { lost }) });
}

/** How many bytes of the log one answer may bring: half of what may wait for a reader. */
export function pageBytes(limits: RelayLimits): number {
  return Math.floor(limits.outboxMaxBytes / 2);
}
