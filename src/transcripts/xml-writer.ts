import { element } from '../codecs/xml/build.ts';
import type { Actor, Logged, RoomEvent } from '../domain/events.ts';
import { SYSTEM_ID } from '../domain/ids.ts';
import { wordingOf } from '../domain/wording.ts';
import type { RoomTitle, TranscriptWriter } from './writer.ts';

/**
 * The vocabulary of 2004 (protocol.md §3.1), one element a line: `history` has what a client's
 * `<history>` has, and who came and went besides. Times are UTC.
 */
export class XmlWriter implements TranscriptWriter {
  #inRoom = false;

  begin(): string {
    return '<?xml version="1.0" encoding="UTF-8"?>\n<transcript>\n';
  }

  room({ id, name }: RoomTitle): string {
    const opened = element('history', { room_id: id, name }).xml.replace(/ \/>$/, '>');
    const before = this.#endRoom();
    this.#inRoom = true;
    return `${before}${opened}\n`;
  }

  entry({ seq, event }: Logged): string {
    const at = { time: event.time, seq: String(seq), ...toldAgain(event) };
    switch (event.type) {
      case 'message.posted':
        return line('msg', { ...author(event.from), ...at }, event.text);
      case 'member.entered':
        return user(event.member, event.room, at);
      case 'member.left':
        return user(event.member, event.room, { gone: '1', ...at });
      case 'notice.posted':
        return line('msg', { ...author(event.from), from_id: SYSTEM_ID, ...at }, event.text);
      default:
        return line(
          'msg',
          { ...author(event.from), from_id: SYSTEM_ID, ...at },
          `*${words(event)}`,
        );
    }
  }

  end(): string {
    return `${this.#endRoom()}</transcript>\n`;
  }

  #endRoom(): string {
    return this.#inRoom ? '</history>\n' : '';
  }
}

function words(event: RoomEvent): string {
  return wordingOf(event).text;
}

function toldAgain({ replayed }: RoomEvent): Readonly<Record<string, string>> {
  if (replayed === undefined) return {};
  const { room, seq, time, name } = replayed;
  const of = { of_room_id: room, of_seq: String(seq), of_time: time, of_name: name };
  return { replay: replayed.replay, ...of };
}

function author({ id, name }: Actor): { from_id: string; name: string } {
  return { from_id: id, name };
}

function user({ id, name }: Actor, room: string, more: Readonly<Record<string, string>>): string {
  return line('user', { id, room_id: room, ...more }, name);
}

function line(name: string, attributes: Readonly<Record<string, string>>, text: string): string {
  return `${element(name, attributes, text).xml}\n`;
}
