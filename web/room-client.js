import { Conversation } from './conversation.js';

/**
 * A web client of one room: it logs in, joins, says and hears, and after an outage comes back with its
 * resume token and asks for what it missed.
 *
 * `changed` is called after everything that a view could show differently. `state` is one of `idle`,
 * `connecting`, `online`, `waiting` (for the next attempt), `refused` and `ended`; `problem` says why.
 */
export class RoomClient {
  conversation = new Conversation();
  state = 'idle';
  problem = '';
  user = null;
  roomName = '';
  /** The last frame, with `>` or `<` before it. */
  lastFrame = '';
  #url;
  #room;
  #changed;
  #credentials = null;
  #session = null;
  #socket = null;
  #attempts = 0;
  #retry = null;
  #heardAt = 0;
  #isRejoining = false;

  constructor({ url, room, changed }) {
    this.#url = url;
    this.#room = room;
    this.#changed = changed;
    setInterval(() => this.#checkLife(), CHECK_MS);
    globalThis.addEventListener('online', () => this.#hurry());
  }

  /** Logs in anew: `{ user, password }` or `{ guest }`. */
  start(credentials) {
    this.#credentials = credentials;
    this.#session = null;
    this.#attempts = 0;
    this.user = null;
    this.conversation.clear();
    this.#connect();
  }

  /** Says something; until the relay has stored it, it is the last line of the conversation. */
  say(text) {
    const line = this.conversation.say(newId(), this.user, text, new Date().toISOString());
    this.#sendSaying(line);
    this.#changed();
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#socket?.close();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // What an abandoned socket still says is nobody's.
    const mine = (take) => (event) => {
      if (socket === this.#socket) take(event);
    };
    socket.addEventListener(
      'open',
      mine(() => this.#login()),
    );
    socket.addEventListener(
      'message',
      mine(({ data }) => this.#hear(data)),
    );
    socket.addEventListener(
      'close',
      mine((event) => this.#onClose(event)),
    );
    this.#set('connecting');
  }

  #login() {
    this.#heardAt = performance.now();
    const how = this.#session === null ? this.#credentials : { session: this.#session };
    this.#send({ type: 'login', ...how });
  }

  #hear(text) {
    this.#heardAt = performance.now();
    this.#note('<', text);
    const message = JSON.parse(text);
    const take = this.#replies[message.type];
    if (take !== undefined) take(message);
    else if (message.room === this.#room && message.seq !== undefined) this.#onEvent(message);
    this.#changed();
  }

  #replies = {
    welcome: ({ user, session }) => {
      this.user = user;
      this.#session = session;
      this.#join();
    },
    joined: (message) => {
      const isResumed = this.conversation.lastSeq !== null;
      this.conversation.join(message);
      this.roomName = message.name;
      this.#isRejoining = false;
      this.#attempts = 0;
      this.#set('online');
      if (!isResumed) this.#send({ type: 'history', room: this.#room, limit: HISTORY });
      for (const line of this.conversation.unconfirmed) this.#sendSaying(line);
    },
    history: ({ events }) => this.conversation.remember(events),
    error: (message) => this.#onError(message),
    // The event that follows says the same, and with its place.
    said: () => undefined,
    pong: () => undefined,
  };

  #onEvent(event) {
    if (this.conversation.hear(event)) {
      if (event.type === 'member.kicked' || event.type === 'member.banned') this.#onRemoved(event);
      return;
    }
    if (!this.#isRejoining) this.#join();
  }

  #onRemoved({ type, member }) {
    if (member.id !== this.user.id) return;
    this.#end('ended', type === 'member.kicked' ? 'You were kicked.' : 'You were banned.');
  }

  #join() {
    this.#isRejoining = true;
    const after = this.conversation.lastSeq;
    this.#send({ type: 'join', room: this.#room, ...(after === null ? {} : { after }) });
  }

  #sendSaying({ id, text }) {
    this.#send({ type: 'say', room: this.#room, text, id, ref: id });
  }

  #onError({ code, message, ref }) {
    if (ref !== undefined) return this.#onSayingRefused(ref, code, message);
    if (PASSING.has(code)) return this.#again();
    if (code === 'LOGIN_FAILED' && this.#session !== null) {
      this.#session = null;
      return this.#login();
    }
    if (this.state !== 'online') this.#end('refused', message);
  }

  #onSayingRefused(id, code, message) {
    if (!PASSING.has(code)) return this.conversation.refuse(id, message);
    setTimeout(() => {
      const line = this.conversation.unconfirmed.find((each) => each.id === id);
      if (line !== undefined) this.#sendSaying(line);
    }, SAY_AGAIN_MS);
  }

  // protocol.md: 4500 and above say that coming back would be no use.
  #onClose({ code, reason }) {
    if (this.state === 'refused' || this.state === 'ended') return;
    if (code >= 4500) this.#end('ended', reason);
    else this.#again();
  }

  #again() {
    this.#abandon();
    const longest = Math.min(AGAIN_MAX_MS, AGAIN_MIN_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
    this.#set('waiting');
  }

  #end(state, problem) {
    this.#abandon();
    this.problem = problem;
    this.#set(state);
  }

  #abandon() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #hurry() {
    if (this.state === 'waiting') this.#connect();
  }

  // A connection can be gone without anybody saying so.
  #checkLife() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > SILENCE_MAX_MS) this.#again();
    else if (silentMs > SILENCE_MAX_MS / 2) this.#send({ type: 'ping' });
  }

  #send(command) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const frame = JSON.stringify(command);
    if (command.type !== 'login') this.#note('>', frame);
    this.#socket.send(frame);
  }

  #note(direction, frame) {
    if (frame.startsWith('{"type":"welcome"')) return;
    this.lastFrame = `${direction} ${frame}`;
  }

  #set(state) {
    this.state = state;
    this.#changed();
  }
}

// crypto.randomUUID is there on https and localhost only.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const PASSING = new Set(['TRY_AGAIN', 'RATE_LIMITED']);
const HISTORY = 50;
const CHECK_MS = 5000;
const SILENCE_MAX_MS = 45_000;
const SAY_AGAIN_MS = 1500;
const AGAIN_MIN_MS = 500;
const AGAIN_MAX_MS = 15_000;
