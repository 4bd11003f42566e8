import type { IncomingMessage, ServerResponse } from 'node:http';
import { BusError } from '../bus/bus-error.ts';
import { roomId } from '../domain/ids.ts';
import type { RoomAnswer } from '../domain/room-commands.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Access, setCookie } from './access.ts';
import { commandOf, toldBy } from './acts.ts';
import type { OperatorAssets } from './assets.ts';
import type { OperatorChat } from './chat.ts';
import { type Html, html } from './html.ts';
import { HttpError, isFromOwnPage, readForm, redirect, SAFE_HEADERS, sendPage } from './http.ts';
import type { Live } from './live.ts';
import type { Logins, OperatorLogin } from './logins.ts';
import { type Page, pageOf } from './page.ts';
import { replayActOf, wantedReplayOf } from './replay-forms.ts';
import type { Replays } from './replays.ts';
import { sendTranscript } from './send-transcript.ts';
import type { Transcripts } from './transcripts.ts';
import { viewConnections } from './view-connections.ts';
import { type HealthFacts, viewHealth } from './view-health.ts';
import { viewLogin } from './view-login.ts';
import { viewReplays } from './view-replays.ts';
import { viewRoom } from './view-room.ts';
import { viewRooms } from './view-rooms.ts';
import { viewSearch } from './view-search.ts';

export interface OperatorParts {
  readonly access: Access;
  readonly logins: Logins;
  readonly sessionTtlSeconds: number;
  readonly chat: OperatorChat;
  readonly live: Live;
  readonly transcripts: Transcripts;
  readonly replays: Replays;
  readonly assets: OperatorAssets;
  readonly health: () => Promise<HealthFacts>;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly log: Logger;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly login: OperatorLogin | null;
}

/**
 * The operator's pages under `/operator`. Looking needs a login, or a port that only this machine
 * reaches; doing something needs a moderator's login in any case, who is then its author.
 */
export class OperatorPages {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://operator');
    const { access, log } = this.#parts;
    const login = access.loginOf(request);
    try {
      access.checkHost(request);
      const asked = { request, response, query, login };
      const steps = pathname.split('/').slice(2);
      if (request.method === 'POST') await this.#post(steps, asked);
      else await this.#get(steps, asked);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const known = error instanceof HttpError || error instanceof BusError;
      if (!known) log.error({ err: error }, 'operator page failed');
      const text = known ? textOf(error) : 'That went wrong. The log says why.';
      const body = html`<p class="told bad">${text}</p>`;
      const page = pageOf({ title: 'Not possible', here: 'rooms', login, body });
      sendPage(response, statusOf(error), page);
    }
  }

  stop(): void {
    this.#parts.live.stop();
    this.#parts.replays.stop();
    this.#parts.chat.stop();
  }

  async #get(steps: readonly string[], asked: Asked): Promise<void> {
    const { access, assets, live } = this.#parts;
    const [first = '', room = '', last] = steps;
    const asset = steps.length === 1 ? assets.get(first) : undefined;
    if (asset !== undefined) return asset.send(asked.response);
    if (first === 'login') return this.#send(asked, 200, LOGIN_PAGE);
    if (!access.mayLook(asked.login)) return redirect(asked.response, '/operator/login');
    if (first === '' && steps.length <= 1) return this.#rooms(asked);
    if (first === 'connections' && steps.length === 1) return this.#connections(asked);
    if (first === 'health' && steps.length === 1) return this.#health(asked);
    if (first === 'search' && steps.length === 1) return this.#search(asked);
    if (first === 'replays' && steps.length === 1) return this.#replays(asked);
    if (first === 'live' && steps.length === 1) {
      if (live.open(asked.response, SAFE_HEADERS)) return;
      throw new HttpError(503, 'Too many pages are open.');
    }
    if (first === 'rooms' && roomId.safeParse(room).success) {
      if (steps.length === 2) return this.#room(room, asked);
      if (last === 'transcript' && steps.length === 3) {
        return sendTranscript(room, asked.query, this.#parts.transcripts, asked.response);
      }
    }
    throw new HttpError(404, 'There is no such page.');
  }

  async #post(steps: readonly string[], asked: Asked): Promise<void> {
    const form = await readForm(asked.request);
    const [first = '', room = '', last] = steps;
    if (first === 'login' && steps.length === 1) return this.#logIn(form, asked);
    const login = this.#parts.access.actor(asked.request, form);
    if (first === 'logout' && steps.length === 1) {
      this.#parts.access.end(asked.request);
      return redirect(asked.response, '/operator', { 'set-cookie': setCookie('', 0) });
    }
    if (first === 'rooms' && last === 'act' && roomId.safeParse(room).success) {
      return this.#act(room, form, login, asked);
    }
    if (first === 'rooms' && last === 'replay' && roomId.safeParse(room).success) {
      return this.#replay(room, form, login, asked);
    }
    if (first === 'replays' && steps.length === 2) return this.#actOnReplay(room, form, asked);
    throw new HttpError(404, 'There is no such page.');
  }

  async #logIn(form: URLSearchParams, asked: Asked): Promise<void> {
    const { logins, chat, metrics, log, sessionTtlSeconds } = this.#parts;
    if (!isFromOwnPage(asked.request)) throw new HttpError(403, 'That form is not of this page.');
    if (logins.isGuessed) throw new HttpError(429, 'Too many logins failed. Wait a minute.');
    const answer = await chat.login(form.get('user') ?? '', form.get('password') ?? '');
    const isOperator = answer.ok && answer.role === 'moderator';
    const outcome = isOperator ? 'ok' : answer.ok ? 'FORBIDDEN' : answer.code;
    metrics.admin.logins.inc({ outcome });
    if (isOperator) {
      log.info({ accountId: answer.user.id }, 'operator logged in');
      const cookie = setCookie(logins.begin(answer.user), sessionTtlSeconds);
      return redirect(asked.response, '/operator', { 'set-cookie': cookie });
    }
    logins.noteFailure();
    log.warn({ outcome }, 'operator login failed');
    const away = outcome === 'TRY_AGAIN';
    const text = away ? 'No chat-core answers.' : 'That is no name and password of a moderator.';
    this.#send(asked, away ? 503 : 403, { ...LOGIN_PAGE, told: { ok: false, text } });
  }

  async #act(
    room: string,
    form: URLSearchParams,
    { operator }: OperatorLogin,
    { response }: Asked,
  ): Promise<void> {
    const { chat, newId, log } = this.#parts;
    const command = commandOf(form, operator, newId);
    if (command === null) throw new HttpError(400, 'A field is missing or wrong.');
    const answer = await chat.command(room, command);
    const outcome = answer.ok ? 'ok' : answer.code;
    log.info({ accountId: operator.id, roomId: room, type: command.type, outcome }, 'operator act');
    const told = answer.ok ? `done=${command.type}` : `refused=${answer.code}`;
    redirect(response, `/operator/rooms/${room}?${told}`);
  }

  async #replay(
    room: string,
    form: URLSearchParams,
    { operator }: OperatorLogin,
    { response }: Asked,
  ): Promise<void> {
    const wanted = wantedReplayOf(room, form, operator);
    if (wanted === null) throw new HttpError(400, 'A field is missing or wrong.');
    const outcome = await this.#parts.replays.start(wanted);
    if (outcome === 'empty') throw new HttpError(404, 'Nothing ever happened in that room.');
    if (outcome === 'busy') throw new HttpError(503, 'As many replays run as may: stop one.');
    redirect(response, '/operator/replays?done=replay');
  }

  async #actOnReplay(id: string, form: URLSearchParams, { response }: Asked): Promise<void> {
    const wanted = replayActOf(form);
    if (wanted === null) throw new HttpError(400, 'A field is missing or wrong.');
    const isThere = await this.#parts.replays.act(id, wanted.act, wanted.value);
    if (!isThere) throw new HttpError(404, 'There is no such replay.');
    redirect(response, `/operator/replays?done=${wanted.act}`);
  }

  #replays(asked: Asked): void {
    const body = viewReplays(this.#parts.replays.list(), asked.login);
    const told = toldBy(asked.query);
    this.#send(asked, 200, { title: 'Replays', here: 'replays', body, told });
  }

  async #rooms(asked: Asked): Promise<void> {
    const answer = await this.#parts.chat.rooms();
    if (!answer.ok) throw new HttpError(503, answer.message);
    const busy = [...answer.rooms].sort((one, other) => other.members - one.members);
    const shown = busy.filter(({ members }) => members > 0).slice(0, LOOKED_INTO);
    const inside = new Map<string, RoomAnswer>();
    await Promise.all(shown.map(async ({ id }) => inside.set(id, await this.#parts.chat.room(id))));
    const body = viewRooms(busy, inside);
    this.#send(asked, 200, { title: 'Rooms', here: 'rooms', body });
  }

  async #room(id: string, asked: Asked): Promise<void> {
    const { chat, transcripts } = this.#parts;
    const around = positionIn(asked.query);
    const [answer, events] = await Promise.all([
      chat.room(id),
      around === null ? chat.newest(id, EVENTS) : chat.around(id, around, EVENTS),
    ]);
    if (!answer.ok) throw new HttpError(answer.code === 'TRY_AGAIN' ? 503 : 404, answer.message);
    const { name = '', members = [] } = answer;
    const { formats } = transcripts;
    const { login } = asked;
    const list = login === null ? null : await chat.rooms();
    const others = list?.ok === true ? list.rooms.filter((room) => room.id !== id) : [];
    const body = viewRoom({ id, name, members, events, around, formats, others, login });
    this.#send(asked, 200, { title: name, here: 'rooms', body, told: toldBy(asked.query) });
  }

  async #connections(asked: Asked): Promise<void> {
    const body = viewConnections(await this.#parts.chat.connections());
    this.#send(asked, 200, { title: 'Connections', here: 'connections', body });
  }

  async #health(asked: Asked): Promise<void> {
    const body = viewHealth(await this.#parts.health());
    this.#send(asked, 200, { title: 'Health', here: 'health', body });
  }

  async #search(asked: Asked): Promise<void> {
    const words = (asked.query.get('words') ?? '').slice(0, WORDS_MAX);
    const room = roomId.safeParse(asked.query.get('room')).data ?? null;
    const found = await this.#parts.transcripts.search(words, room, HITS);
    const body = viewSearch(words, room, found);
    this.#send(asked, 200, { title: `Search: ${words}`, here: 'search', body });
  }

  #send({ response, login }: Asked, status: number, page: Omit<Page, 'login'>): void {
    sendPage(response, status, pageOf({ ...page, login }));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  return error instanceof BusError ? 503 : 500;
}

function textOf(error: HttpError | BusError): string {
  return error instanceof HttpError ? error.message : `NATS did not let us: ${error.message}.`;
}

function positionIn(query: URLSearchParams): number | null {
  const text = query.get('around') ?? '';
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : null;
}

const LOGIN_PAGE: Omit<Page, 'login'> & { readonly body: Html } = {
  title: 'Log in',
  here: 'login',
  body: viewLogin(),
};
const LOOKED_INTO = 50;
const EVENTS = 100;
const HITS = 200;
const WORDS_MAX = 200;
