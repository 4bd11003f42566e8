import type { Logged } from '../domain/events.ts';
import type { TranscriptWriter } from './writer.ts';

/** JSON Lines: the events as they are stored, with their place in the log. */
export class JsonWriter implements TranscriptWriter {
  begin(): string {
    return '';
  }

  room(): string {
    return '';
  }

  // As `eventWithPlace` has it, and no object is made for it.
  entry({ seq, prev, event }: Logged): string {
    return `{"seq":${seq},"prev":${prev},${JSON.stringify(event).slice(1)}\n`;
  }

  end(): string {
    return '';
  }
}

/** A stored event with the sequence that it has, and that of the one before it in the room. */
export function eventWithPlace({ seq, prev, event }: Logged): object {
  return { seq, prev, ...event };
}
