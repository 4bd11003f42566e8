import type { Logged } from '../domain/events.ts';
import { wordingOf } from '../domain/wording.ts';
import { spanInWords, titleOf } from './span-in-words.ts';
import { type RoomTitle, type Subject, type TranscriptWriter, withoutControls } from './writer.ts';
import { dayInWords, type Zone } from './zone.ts';

/** Markdown with a heading for each day. What people wrote is text: no mark of theirs is one. */
export class MarkdownWriter implements TranscriptWriter {
  readonly #zone: Zone;
  #several = false;
  #day = '';

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  begin(subject: Subject): string {
    this.#several = subject.rooms.length > 1;
    return `# ${escaped(titleOf(subject))}\n\n${escaped(spanInWords(subject, this.#zone))}\n`;
  }

  room({ id, name }: RoomTitle): string {
    this.#day = '';
    return this.#several ? `\n## ${escaped(name)} (room ${id})\n` : '';
  }

  entry({ event }: Logged): string {
    const { day, time } = this.#zone.local(Date.parse(event.time));
    const { speaker, text } = wordingOf(event);
    const said = escaped(text).replaceAll('\n', '\\\n  ');
    const told = speaker === null ? `_${said}_` : `**${escaped(speaker)}**: ${said}`;
    const mark = event.replayed === undefined ? '' : '(replay) ';
    return `${this.#heading(day)}- ${time} ${mark}${told}\n`;
  }

  end(): string {
    return '';
  }

  #heading(day: string): string {
    if (day === this.#day) return '';
    this.#day = day;
    return `\n${this.#several ? '###' : '##'} ${dayInWords(day)}\n\n`;
  }
}

function escaped(text: string): string {
  return withoutControls(text).replace(MARKS, '\\$&').replace(LINE_MARKS, '$1\\$2');
}

const MARKS = /[\\`*_[\]<>&~|$]/g;
// What is a mark at the beginning of a line only, of the lines after the first.
const LINE_MARKS = /(\n[ \t]*(?:\d+(?=[.)]))?)([-#+=.)])/g;
