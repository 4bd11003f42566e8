import type { Actor, Logged } from '../domain/events.ts';
import { wordingOf } from '../domain/wording.ts';
import { type Html, html } from './html.ts';
import type { OperatorLogin } from './logins.ts';
import { formKey, timeOf } from './page.ts';
import { replayForm } from './view-replays.ts';
import { type RoomRow, searchForm } from './view-rooms.ts';

export interface RoomPage {
  readonly id: string;
  readonly name: string;
  readonly members: readonly Actor[];
  readonly events: readonly Logged[];
  /** The sequence that they are around; null: they are the newest. */
  readonly around: number | null;
  readonly formats: readonly string[];
  /** Where it can be told again. */
  readonly others: readonly RoomRow[];
  readonly login: OperatorLogin | null;
}

/** One room: what was said last, who is in it, and what an operator may do. */
export function viewRoom(page: RoomPage): Html {
  const { id, name, members, events, around, login } = page;
  const live = around === null ? html`data-live="talk" data-rooms="${id}"` : null;
  return html`<div class="head"><h1>${name}</h1><p class="muted">room ${id}</p>
  <p class="live" data-part="live" hidden>live</p></div>
  <div class="two">
    <section class="panel talk-panel" aria-labelledby="talk">
      <div class="panel-head"><h2 id="talk">Conversation</h2>${
        around === null ? null : html`<a href="/operator/rooms/${id}">to the newest</a>`
      }</div>
      <ol class="talk" ${live} tabindex="0" aria-label="Events">${events.map((logged) => line(logged, logged.seq === around))}</ol>
      ${login === null ? html`<p class="note">Log in to announce something or to moderate.</p>` : announceForm(id, login)}
    </section>
    <div class="side">
      <section class="panel" aria-labelledby="people">
        <div class="panel-head"><h2 id="people">In the room</h2><span class="badge on" data-live="number" data-rooms="${id}">${members.length}</span></div>
        <ul class="people" data-live="people" data-rooms="${id}">${members.map((member) => person(id, member, login))}${
          members.length === 0 ? html`<li class="muted">Nobody is here.</li>` : null
        }</ul>
        ${login === null ? null : sanctionForm(id, login)}
      </section>
      <section class="panel" aria-labelledby="transcript">
        <div class="panel-head"><h2 id="transcript">Transcript</h2></div>
        ${searchForm('', id)}
        ${exportForm(page)}
      </section>
      ${
        login === null
          ? null
          : html`<section class="panel" aria-labelledby="replay"><div class="panel-head"><h2 id="replay">Replay</h2></div>${replayForm(id, page.others, login)}</section>`
      }
    </div>
  </div>`;
}

/** An event as a line of the conversation. */
export function line({ seq, event }: Logged, isMeant = false): Html {
  const { speaker, text } = wordingOf(event);
  const notice = event.type === 'notice.posted';
  if (speaker === null) {
    return html`<li class="${notice ? 'notice' : 'happened'}${isMeant ? ' here' : ''}" id="seq-${seq}">${timeOf(event.time)} <span>${text}</span></li>`;
  }
  return html`<li class="${isMeant ? 'here' : ''}" id="seq-${seq}">${timeOf(event.time)} <b>${speaker}</b> <span>${text}</span></li>`;
}

function person(room: string, { id, name }: Actor, login: OperatorLogin | null): Html {
  if (login === null)
    return html`<li><span class="name">${name}</span> <span class="muted">${id}</span></li>`;
  return html`<li><span class="name">${name}</span> <span class="muted">${id}</span>
    <form class="acts" method="post" action="/operator/rooms/${room}/act">${formKey(login)}<input type="hidden" name="user" value="${id}">
    <button class="small" name="act" value="kick">Kick</button><button class="small" name="act" value="mute" title="for an hour">Mute</button><button class="small danger" name="act" value="ban" title="for a day" data-ask="Ban ${name} from this room for a day?">Ban</button></form></li>`;
}

function sanctionForm(room: string, login: OperatorLogin): Html {
  return html`<details class="more"><summary>More: by account id, with a reason and a time</summary>
  <form class="grid" method="post" action="/operator/rooms/${room}/act">${formKey(login)}
    <label>Account id <input name="user" inputmode="numeric" pattern="[0-9]{1,10}" required></label>
    <label>Reason <input name="reason" maxlength="200"></label>
    <label>For minutes <input name="minutes" type="number" min="1" max="525600" placeholder="until undone"></label>
    <div class="buttons">${ACTS.map(([act, text]) => html`<button class="small" name="act" value="${act}">${text}</button>`)}</div>
  </form></details>`;
}

const ACTS = [
  ['kick', 'Kick'],
  ['mute', 'Mute'],
  ['unmute', 'Unmute'],
  ['ban', 'Ban'],
  ['unban', 'Unban'],
] as const;

function announceForm(room: string, login: OperatorLogin): Html {
  return html`<form class="announce" method="post" action="/operator/rooms/${room}/act">${formKey(login)}
    <label class="hidden" for="text">Announcement</label>
    <input id="text" name="text" required maxlength="4000" autocomplete="off" placeholder="Announce to everybody in the room">
    <button name="act" value="announce">Announce</button></form>`;
}

function exportForm({ id, formats }: RoomPage): Html {
  return html`<form class="grid" action="/operator/rooms/${id}/transcript">
    <label>From <input name="since" type="date"></label>
    <label>To <input name="until" type="date"></label>
    <label>Format <select name="format">${formats.map((format) => html`<option${format === 'html' ? html` selected` : null}>${format}</option>`)}</select></label>
    <div class="buttons"><button>Download</button></div>
  </form>`;
}
