import type { RoomEvent } from '../domain/events.ts';

/** An event as a line of a chat log: `[2026-11-23 06:55:35] <ann> Hello`, times in UTC. */
export function eventAsText(event: RoomEvent): string {
  const time = event.time.slice(0, 19).replace('T', ' ');
  return `[${time}] ${printable(sentence(event))}`;
}

function sentence(event: RoomEvent): string {
  switch (event.type) {
    case 'message.posted':
      return `<${event.from.name}> ${event.text}`;
    case 'notice.posted':
      return `* ${event.text}`;
    case 'member.entered':
      return `* ${event.member.name} has entered`;
    case 'member.left':
      return `* ${event.member.name} has left`;
    case 'member.kicked':
      return `* ${event.member.name} was kicked by ${event.from.name}${because(event)}`;
    case 'member.muted':
      return `* ${event.member.name} was muted by ${event.from.name}${until(event)}${because(event)}`;
    case 'member.unmuted':
      return `* ${event.member.name} was unmuted by ${event.from.name}`;
    case 'member.banned':
      return `* ${event.member.name} was banned by ${event.from.name}${until(event)}${because(event)}`;
    case 'member.unbanned':
      return `* ${event.member.name} was unbanned by ${event.from.name}`;
    case 'room.created':
      return `* the room ${event.name} was made`;
    case 'room.changed':
      return event.closed === true ? '* the room was closed' : `* the room is now ${event.name}`;
  }
}

function because({ reason }: { reason?: string | undefined }): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}

function until({ until: end }: { until: string | null }): string {
  return end === null ? '' : ` until ${end}`;
}

// A line of text stays one entry, and nothing in it can give orders to a terminal.
function printable(text: string): string {
  return text.replaceAll('\n', '\n    ').replace(CONTROLS, '\uFFFD');
}

const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
