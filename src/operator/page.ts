import { type Html, html } from './html.ts';
import type { OperatorLogin } from './logins.ts';

export interface Page {
  readonly title: string;
  readonly here: 'rooms' | 'replays' | 'connections' | 'health' | 'login' | 'search';
  readonly login: OperatorLogin | null;
  readonly body: Html;
  /** What the last action came to, told once. */
  readonly told?: { readonly ok: boolean; readonly text: string } | null;
}

/** A whole page, with the frame that all of them have. */
export function pageOf({ title, here, login, body, told = null }: Page): Html {
  const tab = (name: Page['here'], path: string, text: string) =>
    here === name
      ? html`<a href="${path}" aria-current="page">${text}</a>`
      : html`<a href="${path}">${text}</a>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · xmlsocket-relay</title>
<link rel="icon" href="/operator/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/operator/operator.css">
<script type="module" src="/operator/operator.js"></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top">
  <a class="brand" href="/operator"><img src="/operator/icon.svg" alt="" width="28" height="28"><span>xmlsocket-relay</span></a>
  <nav aria-label="Pages">${tab('rooms', '/operator', 'Rooms')}${tab('replays', '/operator/replays', 'Replays')}${tab('connections', '/operator/connections', 'Connections')}${tab('health', '/operator/health', 'Health')}</nav>
  ${whoIsHere(login)}
</header>
<main id="main">
${told === null ? null : html`<p class="told ${told.ok ? 'good' : 'bad'}" role="status">${told.text}</p>`}
${body}
</main>
</body>
</html>
`;
}

function whoIsHere(login: OperatorLogin | null): Html {
  if (login === null)
    return html`<p class="who"><a class="button" href="/operator/login">Log in</a></p>`;
  return html`<form class="who" method="post" action="/operator/logout">${formKey(login)}
    <span>${login.operator.name}</span> <button class="quiet">Log out</button></form>`;
}

/** What goes with every form of a login. */
export function formKey({ formKey: key }: OperatorLogin): Html {
  return html`<input type="hidden" name="form-key" value="${key}">`;
}

/** A time that the browser shows in its own zone; without it, UTC. */
export function timeOf(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}
