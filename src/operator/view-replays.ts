import { type Html, html } from './html.ts';
import type { OperatorLogin } from './logins.ts';
import { formKey } from './page.ts';
import type { ReplayReport } from './replays.ts';
import type { RoomRow } from './view-rooms.ts';

/** The replays of this process. */
export function viewReplays(replays: readonly ReplayReport[], login: OperatorLogin | null): Html {
  return html`<div class="head"><h1>Replays</h1><p class="muted">what was said, told again in another room</p></div>
  <div data-live="replays" data-every="2">${replays.map((replay) => panel(replay, login))}
  ${replays.length === 0 ? html`<p class="empty">Nothing is being told again. A replay is started from the page of a room.</p>` : null}</div>`;
}

function panel(replay: ReplayReport, login: OperatorLogin | null): Html {
  const { room, to, by, state, speed, told, at, problem } = replay;
  const faster = speed === 1 ? 'at the pace of then' : `${speed} times as fast`;
  const pace = speed === 'max' ? 'as fast as it goes' : faster;
  return html`<section class="panel replay"><div class="panel-head">
    <h2><a href="/operator/rooms/${room}">room ${room}</a> in <a href="/operator/rooms/${to}">room ${to}</a></h2>
    <span class="badge${state === 'running' ? html` on` : null}">${state}</span></div>
    <p class="note">${told} told, ${at === null ? 'nothing yet' : html`now at <time class="full" datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time>`}, ${pace}, started by ${by.name}</p>
    ${problem === null ? null : html`<p class="note bad">${problem}</p>`}
    ${login === null || !ACTIVE.has(state) ? null : controls(replay, login)}</section>`;
}

function controls({ id, state }: ReplayReport, login: OperatorLogin): Html {
  const toggle = state === 'paused' ? ['resume', 'Go on'] : ['pause', 'Pause'];
  return html`<form class="controls" method="post" action="/operator/replays/${id}">${formKey(login)}
    <button class="small" name="act" value="${toggle[0] ?? ''}">${toggle[1] ?? ''}</button>
    <button class="small danger" name="act" value="stop">Stop</button>
    <label>Speed <select name="speed">${SPEEDS.map(option)}</select></label> <button class="small" name="act" value="speed">Set</button>
    <label>At (UTC) <input name="time" type="datetime-local"></label> <button class="small" name="act" value="seek">Go there</button></form>`;
}

/** Tells a room again, in another. */
export function replayForm(room: string, others: readonly RoomRow[], login: OperatorLogin): Html {
  if (others.length === 0) return html`<p class="note">There is no other room to tell it in.</p>`;
  return html`<form class="grid" method="post" action="/operator/rooms/${room}/replay">${formKey(login)}
    <label>In room <select name="to">${others.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></label>
    <label>Speed <select name="speed">${SPEEDS.map(option)}</select></label>
    <label>From <input name="since" type="date"></label>
    <label>To <input name="until" type="date"></label>
    <label>Longest pause, s <input name="max-pause" type="number" min="1" max="86400" placeholder="as it was"></label>
    <div class="buttons"><button>Replay</button></div></form>`;
}

const SPEEDS = ['1', '2', '5', '10', '60', 'max'] as const;
const option = (speed: string): Html =>
  html`<option value="${speed}">${speed === 'max' ? 'max' : `${speed}×`}</option>`;
const ACTIVE: ReadonlySet<string> = new Set(['ready', 'running', 'paused']);
