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

  entry(logged: Logged): string {
    return `${JSON.stringify(eventWithPlace(logged))}\n`;
  }

  end(): string {
    return '';
  }
}

/** A stored event with the sequence that it has, and that of the one before it in the room. */
export function eventWithPlace({ seq, prev, event }: Logged): object {
  return { seq, prev, ...event };
}
