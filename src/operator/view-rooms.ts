import type { RoomAnswer } from '../domain/room-commands.ts';
import { type Html, html } from './html.ts';

export interface RoomRow {
  readonly id: string;
  readonly name: string;
  readonly members: number;
}

/** Every room, with who is in it where that was asked. */
export function viewRooms(
  rooms: readonly RoomRow[],
  inside: ReadonlyMap<string, RoomAnswer>,
): Html {
  const people = rooms.reduce((sum, { members }) => sum + members, 0);
  return html`<div class="head"><h1>Rooms</h1>
  <p class="muted" data-live="count">${rooms.length} ${rooms.length === 1 ? 'room' : 'rooms'}, ${people} ${people === 1 ? 'member' : 'members'}</p>
  <p class="live" data-part="live" hidden>live</p></div>
  ${searchForm('', null)}
  <ul class="rooms" data-live="rooms" data-rooms="*">${rooms.map((room) => roomCard(room, inside.get(room.id)))}${
    rooms.length === 0
      ? html`<li class="empty">There is no room yet: <code>xmlsocket-relay rooms add 1 "Lobby 1"</code></li>`
      : null
  }</ul>`;
}

function roomCard({ id, name, members }: RoomRow, inside: RoomAnswer | undefined): Html {
  const people = inside?.ok === true ? (inside.members ?? []) : [];
  const shown = people.slice(0, SHOWN);
  const rest = members - shown.length;
  return html`<li><a class="card" href="/operator/rooms/${id}">
    <span class="card-head"><strong>${name}</strong><span class="badge${members > 0 ? html` on` : null}">${members}</span></span>
    <span class="muted">room ${id}</span>
    <span class="chips">${shown.map((person) => html`<span class="chip">${person.name}</span>`)}${
      rest > 0 && shown.length > 0 ? html`<span class="chip more">and ${rest} more</span>` : null
    }${members === 0 ? html`<span class="muted">nobody is here</span>` : null}</span>
  </a></li>`;
}

/** Of those who are in a room so many are named. */
const SHOWN = 8;

/** Searches every room, or one. */
export function searchForm(words: string, room: string | null): Html {
  return html`<form class="search" role="search" action="/operator/search">
    <label class="hidden" for="words">Words</label>
    <input id="words" name="words" type="search" value="${words}" required maxlength="200" placeholder="${room === null ? 'Search every room' : 'Search this room'}">
    ${room === null ? null : html`<input type="hidden" name="room" value="${room}">`}
    <button>Search</button></form>`;
}
