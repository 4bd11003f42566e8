import { createHash } from 'node:crypto';
import type { Logged, RoomEvent } from '../domain/events.ts';
import { wordingOf } from '../domain/wording.ts';
import { PAGE_STYLE } from './html-style.ts';
import { shown, spanInWords, titleOf } from './span-in-words.ts';
import { type RoomTitle, type Subject, type TranscriptWriter, withoutControls } from './writer.ts';
import { dayInWords, type Zone } from './zone.ts';

/**
 * A page that needs nothing but itself: no script, no link, no font, and a policy that forbids
 * them. An entry has the anchor `s` and its sequence: `#s42`.
 */
export class HtmlWriter implements TranscriptWriter {
  readonly #zone: Zone;
  #several = false;
  #day = '';
  #inRoom = false;
  #entries = 0;

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  begin(subject: Subject): string {
    this.#several = subject.rooms.length > 1;
    const title = escaped(titleOf(subject));
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: transcript</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${escaped(spanInWords(subject, this.#zone))}</p>
</header>
<main>
`;
  }

  room({ id, name }: RoomTitle): string {
    const before = this.#endRoom();
    this.#inRoom = true;
    const heading = this.#several
      ? `<h2>${escaped(name)} <small>room ${escaped(id)}</small></h2>\n`
      : '';
    return `${before}<section>\n${heading}`;
  }

  entry({ seq, event }: Logged): string {
    this.#entries += 1;
    const { day, time } = this.#zone.local(Date.parse(event.time));
    const { speaker, text } = wordingOf(event);
    const kind = speaker === null ? lineKind(event) : `said p${colour(event.from.id)}`;
    const name = speaker === null ? '' : `<b><bdi>${escaped(speaker)}</bdi></b> `;
    const clock = `<time datetime="${event.time}">${time}</time>`;
    const said = `${name}<p dir="auto">${escaped(text)}</p>${this.#toldAgain(event)}`;
    return `${this.#heading(day)}<li id="s${seq}" class="${kind}">${clock} <div>${said}</div></li>\n`;
  }

  end(): string {
    const count = this.#entries === 1 ? '1 entry' : `${this.#entries} entries`;
    return `${this.#endRoom()}</main>\n<footer>${count}.</footer>\n</body>\n</html>\n`;
  }

  #toldAgain({ replayed }: RoomEvent): string {
    if (replayed === undefined) return '';
    const { room, time } = replayed;
    return `<small>replay of room ${room}, ${shown(Date.parse(time), this.#zone)}</small>`;
  }

  #heading(day: string): string {
    if (day === this.#day) return '';
    const before = this.#endList();
    this.#day = day;
    const level = this.#several ? 'h3' : 'h2';
    return `${before}<${level} class="day">${escaped(dayInWords(day))}</${level}>\n<ol>\n`;
  }

  #endList(): string {
    return this.#day === '' ? '' : '</ol>\n';
  }

  #endRoom(): string {
    if (!this.#inRoom) return '';
    const list = this.#day === '' ? '<p class="nothing">Nothing in this time.</p>\n' : '</ol>\n';
    this.#day = '';
    return `${list}</section>\n`;
  }
}

/** The policy that the page is written for: its own style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

function lineKind({ type }: RoomEvent): string {
  return type === 'notice.posted' ? 'notice' : 'line';
}

// The same colour for the same account on every page.
function colour(account: string): number {
  return Number(account) % COLOURS;
}

function escaped(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const COLOURS = 8;
