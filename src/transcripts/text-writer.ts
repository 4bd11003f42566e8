import type { Logged, RoomEvent } from '../domain/events.ts';
import { wordingOf } from '../domain/wording.ts';
import { type RoomTitle, type Subject, type TranscriptWriter, withoutControls } from './writer.ts';
import type { Zone } from './zone.ts';

/** Lines as chat logs have them: `[2026-11-23 06:55:35] <ann> Hello`. */
export class TextWriter implements TranscriptWriter {
  readonly #zone: Zone;
  #several = false;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  begin({ rooms }: Subject): string {
    this.#several = rooms.length > 1;
    return '';
  }

  room({ id, name }: RoomTitle): string {
    return this.#several ? `== ${withoutControls(name)} (room ${id}) ==\n` : '';
  }

  entry({ event }: Logged): string {
    return `${eventAsText(event, this.#zone)}\n`;
  }

  end(): string {
    return '';
  }
}

/** An event as a line of a chat log. Times carry their offset where the zone is not UTC. */
export function eventAsText(event: RoomEvent, zone: Zone): string {
  const { speaker, text } = wordingOf(event);
  const line = speaker === null ? `* ${text}` : `<${speaker}> ${text}`;
  return lineAsText(event.time, event.replayed === undefined ? line : `(replay) ${line}`, zone);
}

/** Some text with the time before it. It stays one entry, and nothing in it can give orders to a terminal. */
export function lineAsText(at: string, text: string, zone: Zone): string {
  const { day, time, offset } = zone.local(Date.parse(at));
  const shown = zone.name === 'UTC' ? `${day} ${time}` : `${day} ${time} ${offset}`;
  return `[${shown}] ${withoutControls(text.replaceAll('\n', '\n    '))}`;
}
