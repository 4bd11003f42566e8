import type { Actor, Logged, RoomEvent, WhisperEvent } from '../../domain/events.ts';
import { SYSTEM_ID } from '../../domain/ids.ts';
import type { Reply } from '../../domain/replies.ts';
import type { CrowdSum, RoomView } from '../codec.ts';
import { crowdLines } from '../crowd-lines.ts';
import { inPieces } from '../text.ts';
import { element, type Markup } from '../xml/build.ts';

type Posted = Extract<RoomEvent, { type: 'message.posted' }>;
export type ReplyOf<T extends Reply['type']> = Extract<Reply, { readonly type: T }>;

export interface EncoderOptions {
  /** Whether the entrant, too, reads that it has entered. */
  readonly announceToEntrant: boolean;
  /** What becomes of every value before it is written. */
  readonly value?: (value: string) => string;
}

/** Writes the compact vocabulary (protocol.md §3.1); the verbose one writes its logins otherwise. */
export class CompactEncoder {
  readonly #announceToEntrant: boolean;
  readonly #value: (value: string) => string;

  constructor({ announceToEntrant, value = (same) => same }: EncoderOptions) {
    this.#announceToEntrant = announceToEntrant;
    this.#value = value;
  }

  reply(reply: Reply): readonly Markup[] {
    switch (reply.type) {
      case 'welcome':
        return [element('login', { ok: '1', id: reply.user.id }), this.rooms(reply)];
      case 'rooms':
        return [this.rooms(reply)];
      case 'joined':
        return this.#joined(reply);
      case 'members':
        return [this.#users(reply.room, reply.members)];
      case 'history':
        return [this.#history(reply)];
      case 'pong':
        return [element('pong', {})];
      case 'error':
        return [this.#error(reply)];
      default:
        // protocol.md §3.1: what was said comes back as everybody hears it.
        return [];
    }
  }

  event({ event }: Logged, { members }: RoomView): readonly Markup[] {
    switch (event.type) {
      case 'message.posted':
        return event.via === 'nats' && !members.has(event.from.id)
          ? this.#saidFromOutside(event)
          : this.#saidInPieces(event);
      case 'notice.posted':
        return inPieces(event.text, TEXT_MAX).map((text) => this.#system(text));
      case 'member.entered':
        return [this.#user(event.member, event.room), this.#line(event.member, 'has entered')];
      case 'member.left':
        return [this.#gone(event.member, event.room), this.#line(event.member, 'has left')];
      case 'member.kicked': {
        const line = this.#line(event.member, 'was kicked', event.reason);
        return [this.#gone(event.member, event.room), line];
      }
      case 'member.muted':
        return [this.#line(event.member, 'was muted', event.reason)];
      case 'member.unmuted':
        return [this.#line(event.member, 'may speak again')];
      case 'member.banned':
        return [this.#line(event.member, 'was banned', event.reason)];
      case 'member.unbanned':
        return [this.#line(event.member, 'may enter again')];
      case 'room.created':
        return [];
      case 'room.changed':
        return event.closed === true
          ? [this.#system('*The room was closed')]
          : [this.#system(`*The room is now called ${event.name ?? event.room}`)];
    }
  }

  /** Who came or went, without the line about it. */
  eventInCrowd({ event }: Logged): readonly Markup[] {
    if (event.type === 'member.entered') return [this.#user(event.member, event.room)];
    return event.type === 'member.left' ? [this.#gone(event.member, event.room)] : [];
  }

  sum(sum: CrowdSum): readonly Markup[] {
    return crowdLines(sum).map((text) => this.#system(text));
  }

  whisper({ event }: Logged<WhisperEvent>): readonly Markup[] {
    const attributes = { from_id: event.from.id, to_id: event.to.id };
    return inPieces(event.text, TEXT_MAX).map((text) =>
      element('msg', attributes, this.#value(text)),
    );
  }

  rooms(reply: ReplyOf<'welcome' | 'rooms'>): Markup {
    const list = reply.rooms.map(({ id, name }) => element('room', { id }, this.#value(name)));
    return element('rooms', {}, list);
  }

  #joined(reply: ReplyOf<'joined'>): Markup[] {
    const list = this.#users(reply.room, reply.members);
    if (!reply.announced || !this.#announceToEntrant) return [list];
    return [list, this.#line(reply.entrant, 'has entered')];
  }

  #users(room: string, members: readonly Actor[]): Markup {
    const list = members.map(({ id, name }) => element('user', { id }, this.#value(name)));
    return element('users', { room_id: room }, list);
  }

  #history({ room, events }: ReplyOf<'history'>): Markup {
    const lines = events.flatMap(({ seq, event }) => {
      if (event.type !== 'message.posted' && event.type !== 'notice.posted') return [];
      const from = event.type === 'message.posted' ? event.from.id : SYSTEM_ID;
      const name = this.#value(event.from.name);
      const attributes = { from_id: from, name, time: event.time, seq: String(seq) };
      return [element('msg', attributes, this.#value(event.text))];
    });
    return element('history', { room_id: room }, lines);
  }

  #error({ refusal, during }: ReplyOf<'error'>): Markup {
    const message = this.#value(refusal.message);
    if (during === 'login') return element('login', { ok: '0', error: message });
    return element('error', { code: refusal.code }, message);
  }

  #saidInPieces({ from, text }: Posted): Markup[] {
    return inPieces(text, TEXT_MAX).map((piece) => this.#said(from.id, piece));
  }

  // Clients know names by who is in the room: a bot is shown in and out, in words of 2004.
  #saidFromOutside(event: Posted): Markup[] {
    const { from, room } = event;
    return [this.#user(from, room), ...this.#saidInPieces(event), this.#gone(from, room)];
  }

  #user({ id, name }: Actor, room: string): Markup {
    return element('user', { id, room_id: room }, this.#value(name));
  }

  #gone({ id, name }: Actor, room: string): Markup {
    return element('user', { id, room_id: room, gone: '1' }, this.#value(name));
  }

  #line({ name }: Actor, what: string, reason?: string): Markup {
    const because = reason === undefined || reason === '' ? '' : `: ${reason}`;
    return this.#system(`*${name} ${what}${because}`);
  }

  #system(text: string): Markup {
    return this.#said(SYSTEM_ID, text);
  }

  #said(from: string, text: string): Markup {
    return element('msg', { from_id: from }, this.#value(text));
  }
}

// protocol.md §3.6: an old player lays out a few thousand characters, and freezes at some hundred thousand.
const TEXT_MAX = 8000;
