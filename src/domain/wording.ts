import type { RoomEvent } from './events.ts';

/** An event in words. */
export interface Wording {
  /** Who said the text, by the name of then; null: the text tells what happened. */
  readonly speaker: string | null;
  readonly text: string;
}

/** What a person reads of an event: `Hello` by `ann`, or `ann has entered`. */
export function wordingOf(event: RoomEvent): Wording {
  if (event.type === 'message.posted') return { speaker: event.from.name, text: event.text };
  return { speaker: null, text: whatHappened(event) };
}

/** What somebody is told who hears of an event later, from the system: `ann: Hello`, `*ann has entered`. */
export function retold(event: RoomEvent): string {
  const { speaker, text } = wordingOf(event);
  if (speaker !== null) return `${speaker}: ${text}`;
  return event.type === 'notice.posted' ? text : `*${text}`;
}

function whatHappened(event: Exclude<RoomEvent, { type: 'message.posted' }>): string {
  switch (event.type) {
    case 'notice.posted':
      return event.text;
    case 'member.entered':
      return `${event.member.name} has entered`;
    case 'member.left':
      return `${event.member.name} has left`;
    case 'member.kicked':
      return `${event.member.name} was kicked by ${event.from.name}${because(event)}`;
    case 'member.muted':
      return `${event.member.name} was muted by ${event.from.name}${until(event)}${because(event)}`;
    case 'member.unmuted':
      return `${event.member.name} was unmuted by ${event.from.name}`;
    case 'member.banned':
      return `${event.member.name} was banned by ${event.from.name}${until(event)}${because(event)}`;
    case 'member.unbanned':
      return `${event.member.name} was unbanned by ${event.from.name}`;
    case 'room.created':
      return `the room ${event.name} was made`;
    case 'room.changed':
      return event.closed === true ? 'the room was closed' : `the room is now ${event.name}`;
  }
}

function because({ reason }: { reason?: string | undefined }): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}

function until({ until: end }: { until: string | null }): string {
  return end === null ? '' : ` until ${end}`;
}
