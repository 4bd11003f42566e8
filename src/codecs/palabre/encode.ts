import type { Actor, Logged, RoomEvent, WhisperEvent } from '../../domain/events.ts';
import { SYSTEM_ID } from '../../domain/ids.ts';
import type { Reply, RoomSummary } from '../../domain/replies.ts';
import type { CrowdSum, RoomView, WhisperReader } from '../codec.ts';
import { crowdLines } from '../crowd-lines.ts';
import { Names } from '../names.ts';
import { inPieces } from '../text.ts';
import { element, type Markup } from '../xml/build.ts';

type ReplyOf<T extends Reply['type']> = Extract<Reply, { readonly type: T }>;

/** Writes the Palabre vocabulary (protocol.md §3.3). Its clients know people and rooms by name. */
export class PalabreEncoder {
  readonly people = new Names(NAMES_MAX);
  readonly places = new Names(NAMES_MAX);

  constructor(lobby: string) {
    // The chat client of that project enters `Lobby`, and nothing else.
    this.places.reserve(lobby, 'Lobby');
    this.people.reserve(SYSTEM_ID, SYSTEM);
  }

  reply(reply: Reply): readonly Markup[] {
    switch (reply.type) {
      case 'welcome': {
        for (const { id, name } of reply.rooms) this.places.nameOf(id, name);
        const message = `Your nickname is now : ${this.#name(reply.user)}`;
        return [element('connect', { isok: '1', msg: message })];
      }
      case 'rooms':
        return [this.#rooms(reply.rooms)];
      case 'joined':
        return this.#joined(reply);
      case 'members':
        return [this.#clients(reply.room, reply.members)];
      case 'left':
        return [element('leaved', { room: this.#place(reply.room) })];
      case 'pong':
        return [element('pong', {})];
      case 'error':
        return [element('error', {}, reply.refusal.message)];
      default:
        return [];
    }
  }

  event({ event }: Logged, view: RoomView): readonly Markup[] {
    switch (event.type) {
      case 'message.posted':
        return this.#said(this.#name(event.from), event.room, event.text);
      case 'notice.posted':
        return this.#said(SYSTEM, event.room, event.text);
      case 'member.entered':
        return [this.#client(event.member, 'joined', event.room), this.#everybody(view)];
      case 'member.left':
        return [this.#client(event.member, 'left', event.room), this.#everybody(view)];
      case 'member.kicked':
        return [
          this.#client(event.member, 'left', event.room),
          this.#everybody(view),
          ...this.#line(event, 'was kicked', event.reason),
        ];
      case 'member.muted':
        return this.#line(event, 'was muted', event.reason);
      case 'member.unmuted':
        return this.#line(event, 'may speak again');
      case 'member.banned':
        return this.#line(event, 'was banned', event.reason);
      case 'member.unbanned':
        return this.#line(event, 'may enter again');
      case 'room.created':
        return [];
      case 'room.changed':
        return this.#said(SYSTEM, event.room, changeOf(event));
    }
  }

  /** Everybody who is in the room now, and how many came and went. */
  sum(sum: CrowdSum, view: RoomView): readonly Markup[] {
    const lines = crowdLines(sum).flatMap((text) => this.#said(SYSTEM, view.room, text));
    return [this.#everybody(view), ...lines];
  }

  whisper({ event }: Logged<WhisperEvent>, { actor }: WhisperReader): readonly Markup[] {
    // Its clients show what they sent by themselves.
    if (actor.id !== event.to.id) return [];
    const from = this.#name(event.from);
    return inPieces(event.text, TEXT_MAX).map((text) => element('m', { f: from }, asHtml(text)));
  }

  #joined({ room, name, members }: ReplyOf<'joined'>): Markup[] {
    const place = this.places.nameOf(room, name);
    return [
      element('joined', { room: place }),
      this.#room(place, members.length, { title: '', openParams: '0' }),
      this.#clients(room, members),
    ];
  }

  #rooms(rooms: readonly RoomSummary[]): Markup {
    const list = rooms.map(({ id, name, members }) =>
      this.#room(this.places.nameOf(id, name), members, { title: '' }),
    );
    return element('rooms', { nb: String(rooms.length) }, list);
  }

  #room(place: string, clients: number, parameters: Readonly<Record<string, string>>): Markup {
    const list = Object.entries(parameters).map(([name, value]) =>
      element('param', { name, value }),
    );
    return element('room', { name: place, clients: String(clients) }, list);
  }

  #everybody({ room, members }: RoomView): Markup {
    return this.#clients(room, [...members.values()]);
  }

  #clients(room: string, members: readonly Actor[]): Markup {
    const list = members.map((member) => element('client', { name: this.#name(member) }));
    const attributes = { room: this.#place(room), nb: String(members.length) };
    return element('clients', attributes, list);
  }

  #client(member: Actor, what: 'joined' | 'left', room: string): Markup {
    return element('client', { name: this.#name(member), [what]: this.#place(room) });
  }

  #said(from: string, room: string, text: string): Markup[] {
    const attributes = { f: from, r: this.#place(room) };
    return inPieces(text, TEXT_MAX).map((piece) => element('m', attributes, asHtml(piece)));
  }

  #line(event: RoomEvent & { member: Actor }, what: string, reason?: string): Markup[] {
    const because = reason === undefined || reason === '' ? '' : `: ${reason}`;
    return this.#said(SYSTEM, event.room, `*${this.#name(event.member)} ${what}${because}`);
  }

  #name({ id, name }: Actor): string {
    return this.people.nameOf(id, name.replace(MARKUP, '_'));
  }

  #place(room: string): string {
    return this.places.nameOf(room, room);
  }
}

function changeOf(event: Extract<RoomEvent, { type: 'room.changed' }>): string {
  if (event.closed === true) return '*The room was closed';
  return `*The room is now called ${event.name ?? event.room}`;
}

// Its clients show text as HTML. Escaped here, and once more as XML, it is text again.
function asHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// Names, too, are shown as HTML, and sent back as the names of people: they have no markup at all.
const MARKUP = /[<>&"']/g;
const SYSTEM = '*';
const NAMES_MAX = 100_000;
const TEXT_MAX = 2000;
