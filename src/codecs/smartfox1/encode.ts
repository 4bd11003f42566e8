import type { Actor, Logged, RoomEvent, WhisperEvent } from '../../domain/events.ts';
import type { Reply } from '../../domain/replies.ts';
import type { RoomView, WhisperReader } from '../codec.ts';
import { Numbers } from '../numbers.ts';
import { inPieces } from '../text.ts';
import { element, type Markup } from '../xml/build.ts';
import { escapeText } from './text.ts';

type ReplyOf<T extends Reply['type']> = Extract<Reply, { readonly type: T }>;

/** Writes the core of the SmartFoxServer 1.x vocabulary (protocol.md §3.4). Its ids are integers. */
export class SmartFoxEncoder {
  readonly rooms = new Numbers(ROOMS_MAX);

  reply(reply: Reply): readonly Markup[] {
    switch (reply.type) {
      case 'welcome': {
        const mod = reply.isModerator ? '1' : '0';
        return [
          sys('logOK', '0', [element('login', { id: reply.user.id, mod, n: reply.user.name })]),
        ];
      }
      case 'rooms':
        return [this.#roomList(reply)];
      case 'joined':
        return [this.#joined(reply)];
      case 'left': {
        const room = this.rooms.numberOf(reply.room);
        return [sys('leaveRoom', room, [element('rm', { id: room })])];
      }
      case 'pong':
        return [sys('roundTripRes', '0', [])];
      case 'goodbye':
        return [sys('logout', '0', [])];
      case 'error':
        return errors(reply);
      default:
        return [];
    }
  }

  event({ event }: Logged, view: RoomView): readonly Markup[] {
    const room = this.rooms.numberOf(event.room);
    switch (event.type) {
      case 'message.posted':
        return this.#said(event, view, room);
      case 'notice.posted':
        return notices(event.text, room);
      case 'member.entered':
        return [sys('uER', room, [person(event.member)]), count(view, room)];
      case 'member.left':
        return [gone(event.member, room), count(view, room)];
      case 'member.kicked':
        return [
          gone(event.member, room),
          count(view, room),
          ...line(event, 'was kicked', room, event.reason),
        ];
      case 'member.muted':
        return line(event, 'was muted', room, event.reason);
      case 'member.unmuted':
        return line(event, 'may speak again', room);
      case 'member.banned':
        return line(event, 'was banned', room, event.reason);
      case 'member.unbanned':
        return line(event, 'may enter again', room);
      case 'room.created':
        return [];
      case 'room.changed':
        return event.closed === true
          ? [...notices(changeOf(event), room), sys('roomDel', room, [element('rm', { id: room })])]
          : notices(changeOf(event), room);
    }
  }

  /** Who came or went: its clients make their own lines of it, and stumble over who is missing. */
  eventInCrowd({ event }: Logged): readonly Markup[] {
    const room = this.rooms.numberOf(event.room);
    if (event.type === 'member.entered') return [sys('uER', room, [person(event.member)])];
    return event.type === 'member.left' ? [gone(event.member, room)] : [];
  }

  /** How many are in the room now. */
  sum(view: RoomView): readonly Markup[] {
    return [count(view, this.rooms.numberOf(view.room))];
  }

  /** A private message is told under a room that both are in; without one, as a line of the system's. */
  whisper({ event }: Logged<WhisperEvent>, { view }: WhisperReader): readonly Markup[] {
    const { from, text } = event;
    if (view === null) return notices(`${from.name}: ${text}`, '0');
    const room = this.rooms.numberOf(view.room);
    return inPieces(text, TEXT_MAX).map((piece) => spoken('prvMsg', room, from, piece));
  }

  #said(
    { from, text }: Extract<RoomEvent, { type: 'message.posted' }>,
    { members }: RoomView,
    room: string,
  ): Markup[] {
    // Its clients stumble over a sender who is not in the room: a moderator who speaks into it.
    if (!members.has(from.id)) return notices(`${from.name}: ${text}`, room);
    return inPieces(text, TEXT_MAX).map((piece) => spoken('pubMsg', room, from, piece));
  }

  #roomList({ rooms }: ReplyOf<'rooms'>): Markup {
    const list = rooms.map(({ id, name, members }) => {
      const number = this.rooms.numberOf(id);
      const counts = { ucnt: String(members), maxu: MEMBERS_MAX, maxs: '0' };
      const attributes = { id: number, priv: '0', temp: '0', game: '0', ...counts };
      return element('rm', attributes, [element('n', {}, name)]);
    });
    return sys('rmList', '0', [element('rmList', {}, list)]);
  }

  #joined(reply: ReplyOf<'joined'>): Markup {
    const room = this.rooms.numberOf(reply.room);
    const people = reply.members.map(person);
    const children = [
      element('pid', { id: '0' }),
      element('vars', {}),
      element('uLs', { r: room }, people),
    ];
    return sys('joinOK', room, children);
  }
}

/** One frame of the system's messages. */
export function sys(action: string, room: string, content: readonly Markup[]): Markup {
  return element('msg', { t: 'sys' }, [element('body', { action, r: room }, content)]);
}

function errors({ refusal, during }: ReplyOf<'error'>): Markup[] {
  const { code, message } = refusal;
  if (during === 'login') return [sys('logKO', '0', [element('login', { e: message })])];
  // A client that gets no answer to a join never joins again.
  const joinRefused = sys('joinKO', '-1', [element('error', { msg: message })]);
  if (during === 'enter' || during === 'enter-by-name') return [joinRefused];
  // Nobody looked into the frame, which may have been a join.
  if (during === null && code === 'RATE_LIMITED') return [joinRefused, notice(message, '0')];
  return [notice(message, '0')];
}

function person({ id, name }: Actor): Markup {
  return element('u', { i: id, m: '0' }, [element('n', {}, name), element('vars', {})]);
}

function gone({ id }: Actor, room: string): Markup {
  return sys('userGone', room, [element('user', { id })]);
}

function count({ members }: RoomView, room: string): Markup {
  const attributes = { action: 'uCount', r: room, u: String(members.size), s: '0' };
  return element('msg', { t: 'sys' }, [element('body', attributes)]);
}

function spoken(action: string, room: string, { id }: Actor, text: string): Markup {
  return sys(action, room, [element('user', { id }), element('txt', {}, escapeText(text))]);
}

function notices(text: string, room: string): Markup[] {
  return inPieces(text, TEXT_MAX).map((piece) => notice(piece, room));
}

function notice(text: string, room: string): Markup {
  return spoken('dmnMsg', room, { id: '0', name: '' }, text);
}

function line(
  { member }: { readonly member: Actor },
  what: string,
  room: string,
  reason?: string,
): Markup[] {
  const because = reason === undefined || reason === '' ? '' : `: ${reason}`;
  return notices(`*${member.name} ${what}${because}`, room);
}

function changeOf(event: Extract<RoomEvent, { type: 'room.changed' }>): string {
  if (event.closed === true) return '*The room was closed';
  return `*The room is now called ${event.name ?? event.room}`;
}

const ROOMS_MAX = 100_000;
const MEMBERS_MAX = '10000';
const TEXT_MAX = 4000;
