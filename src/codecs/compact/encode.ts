import type { Actor, Logged, WhisperEvent } from '../../domain/events.ts';
import { SYSTEM_ID } from '../../domain/ids.ts';
import type { Reply } from '../../domain/replies.ts';
import { element, type Markup } from '../xml/build.ts';

type ReplyOf<T extends Reply['type']> = Extract<Reply, { readonly type: T }>;

export interface EncodeOptions {
  /** Whether the entrant, too, reads that it has entered. */
  readonly announceToEntrant: boolean;
}

/** The frames of a reply in the compact vocabulary (protocol.md §3.1). */
export function encodeReply(reply: Reply, options: EncodeOptions): readonly Markup[] {
  switch (reply.type) {
    case 'welcome':
      return [element('login', { ok: '1', id: reply.user.id }), rooms(reply)];
    case 'rooms':
      return [rooms(reply)];
    case 'joined':
      return joined(reply, options);
    case 'members':
      return [users(reply.room, reply.members)];
    case 'history':
      return [history(reply)];
    case 'pong':
      return [element('pong', {})];
    case 'error':
      return [error(reply)];
    case 'left':
    case 'said':
    case 'said-in-rooms':
    case 'whispered':
    case 'done':
      return [];
  }
}

/** The frames of an event. */
export function encodeEvent({ event }: Logged): readonly Markup[] {
  switch (event.type) {
    case 'message.posted':
      return [said(event.from, event.text)];
    case 'notice.posted':
      return [system(event.text)];
    case 'member.entered':
      return [arrived(event.member, event.room), system(`*${event.member.name} has entered`)];
    case 'member.left':
      return [gone(event.member, event.room), system(`*${event.member.name} has left`)];
    case 'member.kicked': {
      const line = `*${event.member.name} was kicked${because(event.reason)}`;
      return [gone(event.member, event.room), system(line)];
    }
    case 'member.muted':
      return [system(`*${event.member.name} was muted${because(event.reason)}`)];
    case 'member.unmuted':
      return [system(`*${event.member.name} may speak again`)];
    case 'member.banned':
      return [system(`*${event.member.name} was banned${because(event.reason)}`)];
    case 'member.unbanned':
      return [system(`*${event.member.name} may enter again`)];
    case 'room.created':
      return [];
    case 'room.changed':
      if (event.closed === true) return [system('*The room was closed')];
      return event.name === undefined ? [] : [system(`*The room is now called ${event.name}`)];
  }
}

export function encodeWhisper({ event }: Logged<WhisperEvent>): readonly Markup[] {
  return [element('msg', { from_id: event.from.id, to_id: event.to.id }, event.text)];
}

function rooms(reply: ReplyOf<'welcome' | 'rooms'>): Markup {
  const list = reply.rooms.map(({ id, name }) => element('room', { id }, name));
  return element('rooms', {}, list);
}

function joined(reply: ReplyOf<'joined'>, { announceToEntrant }: EncodeOptions): Markup[] {
  const list = users(reply.room, reply.members);
  if (!reply.announced || !announceToEntrant) return [list];
  return [list, system(`*${reply.entrant.name} has entered`)];
}

function users(room: string, members: readonly Actor[]): Markup {
  const list = members.map(({ id, name }) => element('user', { id }, name));
  return element('users', { room_id: room }, list);
}

function history({ room, events }: ReplyOf<'history'>): Markup {
  const lines = events.flatMap(({ seq, event }) => {
    if (event.type !== 'message.posted' && event.type !== 'notice.posted') return [];
    const from = event.type === 'message.posted' ? event.from.id : SYSTEM_ID;
    const attributes = { from_id: from, name: event.from.name, time: event.time, seq: String(seq) };
    return [element('msg', attributes, event.text)];
  });
  return element('history', { room_id: room }, lines);
}

function error({ refusal, during }: ReplyOf<'error'>): Markup {
  if (during === 'login') return element('login', { ok: '0', error: refusal.message });
  return element('error', { code: refusal.code }, refusal.message);
}

function said({ id }: Actor, text: string): Markup {
  return element('msg', { from_id: id }, text);
}

function system(text: string): Markup {
  return element('msg', { from_id: SYSTEM_ID }, text);
}

function arrived({ id, name }: Actor, room: string): Markup {
  return element('user', { id, room_id: room }, name);
}

function gone({ id, name }: Actor, room: string): Markup {
  return element('user', { id, room_id: room, gone: '1' }, name);
}

function because(reason: string | undefined): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}
