import type { Logged } from '../domain/events.ts';

export interface RoomTitle {
  readonly id: string;
  readonly name: string;
}

/** What a transcript is of; times in milliseconds since 1970, null: no limit. */
export interface Subject {
  readonly rooms: readonly RoomTitle[];
  readonly since: number | null;
  readonly until: number | null;
  /** The name of the one person that it is of, or null. */
  readonly person: string | null;
  readonly madeAt: number;
}

/**
 * Writes one transcript, piece by piece and in this order: `begin`, then for each room `room` and its
 * entries, then `end`. Nothing of what was written is kept, so a transcript may have any length.
 */
export interface TranscriptWriter {
  begin(subject: Subject): string;
  room(title: RoomTitle): string;
  entry(logged: Logged): string;
  end(): string;
}

/** Characters that give orders to a terminal, or turn the direction of what follows, made visible. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '\uFFFD');
}

const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
