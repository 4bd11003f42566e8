import { type Html, html } from './html.ts';

/** Asks who wants to see or do something. */
export function viewLogin(): Html {
  return html`<form class="panel login" method="post" action="/operator/login">
    <h1>Log in</h1>
    <p class="muted">With the name and password of a moderator.</p>
    <label>Name <input name="user" required maxlength="256" autocomplete="username" autofocus></label>
    <label>Password <input name="password" type="password" required maxlength="1024" autocomplete="current-password"></label>
    <button>Log in</button></form>`;
}
