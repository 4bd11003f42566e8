import { type Html, html } from './html.ts';
import type { Found } from './transcripts.ts';
import { line } from './view-room.ts';
import { searchForm } from './view-rooms.ts';

/** What a search found. */
export function viewSearch(words: string, room: string | null, { hits, total }: Found): Html {
  const count = `${total} ${total === 1 ? 'message' : 'messages'}`;
  return html`<div class="head"><h1>Search</h1><p class="muted">${count} with <q>${words}</q>${
    room === null ? null : html` in room ${room}`
  }${hits.length < total ? html`, the newest ${hits.length}` : null}</p></div>
  ${searchForm(words, room)}
  <ol class="panel talk found">${hits.map(
    (hit) =>
      html`<li class="place"><a href="/operator/rooms/${hit.event.room}?around=${hit.seq}#seq-${hit.seq}">room ${hit.event.room}</a> <span class="muted">${hit.event.time.slice(0, 10)}</span><ol>${line(hit)}</ol></li>`,
  )}</ol>
  ${total === 0 ? html`<p class="empty">Nobody said that.</p>` : null}`;
}
