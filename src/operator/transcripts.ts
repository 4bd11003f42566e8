import type { Logged } from '../domain/events.ts';

export interface WantedTranscript {
  readonly room: string;
  readonly format: string;
  /** Days like 2026-11-23 in UTC, both included; null: no limit. */
  readonly since: string | null;
  readonly until: string | null;
}

/** What the pages need of the transcripts. Both read the log and keep little of it. */
export interface Transcripts {
  readonly formats: readonly string[];
  /** `begin` is called once, before the first text, with the type and the name of a file. */
  write(
    wanted: WantedTranscript,
    begin: (mediaType: string, fileName: string) => void,
    write: (text: string) => Promise<void>,
  ): Promise<'written' | 'empty'>;
  /** The newest things said with all of these words, oldest first, at most `limit`. */
  search(words: string, room: string | null, limit: number): Promise<Found>;
}

export interface Found {
  readonly hits: readonly Logged[];
  /** How many there are, those left out included. */
  readonly total: number;
}
