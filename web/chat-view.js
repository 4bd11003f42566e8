/**
 * Shows a room client in the page. Everything that people wrote goes in as text, never as markup.
 */
export class ChatView {
  #client;
  #parts;
  #rows = new Map();
  #isAtEnd = true;
  #wantsLogin = false;

  constructor(root, client) {
    this.#client = client;
    this.#parts = Object.fromEntries(
      Array.from(root.querySelectorAll('[data-part]'), (each) => [each.dataset.part, each]),
    );
    this.#listen();
  }

  /** Brings the page up to date with the client. */
  show() {
    const { state, problem, user, roomName, lastFrame, conversation } = this.#client;
    const { status, room, who, change, frame, composer, field, send } = this.#parts;
    status.textContent = STATES[state];
    status.dataset.state = state;
    room.textContent = roomName || 'Room 1';
    who.textContent = user === null ? '' : user.name;
    change.hidden = user === null;
    frame.textContent = lastFrame;
    // What is typed while the connection is away is said when it is back.
    const canSay = user !== null && state !== 'refused' && state !== 'ended';
    field.disabled = !canSay;
    send.disabled = !canSay;
    composer.classList.toggle('is-away', canSay && state !== 'online');
    this.#showLogin(state, problem);
    this.#showMembers(conversation.members);
    this.#showLines(conversation.lines);
  }

  askWhoItIs() {
    this.#wantsLogin = true;
    this.show();
    this.#parts.name.focus();
  }

  #listen() {
    const { composer, field, login, name, password, change, cancel, talk } = this.#parts;
    composer.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text === '') return;
      field.value = '';
      this.#isAtEnd = true;
      this.#client.say(text);
    });
    login.addEventListener('submit', (event) => {
      event.preventDefault();
      const user = name.value.trim();
      if (user === '') return;
      this.#wantsLogin = false;
      const secret = password.value;
      password.value = '';
      this.#client.start(secret === '' ? { guest: user } : { user, password: secret });
    });
    change.addEventListener('click', () => this.askWhoItIs());
    cancel.addEventListener('click', () => {
      this.#wantsLogin = false;
      this.show();
      field.focus();
    });
    talk.addEventListener('scroll', () => {
      this.#isAtEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR_END_PX;
    });
    new ResizeObserver(() => this.#keepAtEnd()).observe(talk);
  }

  #showLogin(state, problem) {
    const { login, loginProblem, cancel } = this.#parts;
    const isRefused = state === 'refused' || state === 'ended';
    login.hidden = !(this.#wantsLogin || isRefused);
    cancel.hidden = isRefused || this.#client.user === null;
    loginProblem.textContent = isRefused ? problem : '';
  }

  #showMembers(members) {
    const { members: list, count } = this.#parts;
    count.textContent = String(members.length);
    const items = members.map(({ id, name }) => {
      const item = element('li', 'member', name);
      item.style.setProperty('--hue', String(hueOf(id)));
      if (id === this.#client.user?.id) item.append(element('span', 'member-note', ' (you)'));
      return item;
    });
    list.replaceChildren(...items);
  }

  // Rows that stay are left alone, so that a screen reader is told only what is new.
  #showLines(lines) {
    const { lines: list, empty } = this.#parts;
    const wanted = new Set(lines.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    let before = null;
    let previous = null;
    for (const line of lines) {
      const row = this.#rowOf(line, isContinued(line, previous));
      const next = before === null ? list.firstChild : before.nextSibling;
      if (next !== row) list.insertBefore(row, next);
      before = row;
      previous = line;
    }
    empty.hidden = lines.length > 0 || this.#client.state !== 'online';
    this.#keepAtEnd();
  }

  #rowOf(line, continued) {
    const look = `${line.seq} ${line.problem} ${continued}`;
    const known = this.#rows.get(line.id);
    if (known?.look === look) return known.element;
    const made = this.#makeRow(line, continued);
    known?.element.replaceWith(made);
    this.#rows.set(line.id, { look, element: made });
    return made;
  }

  #makeRow(line, continued) {
    const row = element('li', `line is-${line.kind}`);
    if (line.kind === 'system') {
      row.append(element('span', 'text', line.text), timeOf(line));
      return row;
    }
    const isMine = line.from.id === this.#client.user?.id;
    row.classList.toggle('is-mine', isMine);
    row.classList.toggle('is-continued', continued);
    row.classList.toggle('is-pending', line.seq === null && line.problem === null);
    row.classList.toggle('is-refused', line.problem !== null);
    row.style.setProperty('--hue', String(hueOf(line.from.id)));
    const head = element('div', 'line-head');
    head.append(element('span', 'name', line.from.name), timeOf(line));
    row.append(head, element('p', 'text', line.text));
    if (line.problem !== null) row.append(this.#refusal(line));
    return row;
  }

  #refusal({ id, problem }) {
    const note = element('p', 'refusal', `Not said: ${problem} `);
    const back = element('button', 'link', 'Edit');
    back.type = 'button';
    back.addEventListener('click', () => {
      this.#parts.field.value = this.#client.conversation.withdraw(id);
      this.show();
      this.#parts.field.focus();
    });
    note.append(back);
    return note;
  }

  #keepAtEnd() {
    const { talk } = this.#parts;
    if (this.#isAtEnd) talk.scrollTop = talk.scrollHeight;
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function timeOf({ seq, time, problem }) {
  const shown = element('time', 'time');
  if (time === null) return shown;
  const at = new Date(time);
  shown.dateTime = time;
  shown.title = at.toLocaleString();
  const isPending = seq === null && problem === null;
  shown.textContent = isPending ? 'sending…' : at.toLocaleTimeString([], HOURS_AND_MINUTES);
  return shown;
}

function isContinued(line, previous) {
  return (
    line.kind === 'message' &&
    previous?.kind === 'message' &&
    previous.problem === null &&
    previous.from.id === line.from.id &&
    Date.parse(line.time) - Date.parse(previous.time) < CONTINUED_MS
  );
}

// The golden angle keeps neighbours apart.
function hueOf(id) {
  return Math.round((Number(id) * 137.508 + 100) % 360);
}

const STATES = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  online: 'Connected',
  waiting: 'Reconnecting…',
  refused: 'Not logged in',
  ended: 'Disconnected',
};
const HOURS_AND_MINUTES = { hour: '2-digit', minute: '2-digit' };
const CONTINUED_MS = 120_000;
const NEAR_END_PX = 48;
