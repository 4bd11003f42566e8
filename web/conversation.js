/**
 * What a web client knows of one room: the lines of the talk, in the order of the log, what it has said
 * that is not confirmed yet, and who is there. It holds the last LINES_MAX lines.
 */
export class Conversation {
  #lines = [];
  #pending = new Map();
  #members = new Map();
  #lastSeq = null;
  #joinedSeq = 0;
  // Whether the next event may come after some that nobody can get.
  #hasGap = false;

  /** Those in the log by their sequence, then those that are not confirmed, as they were said. */
  get lines() {
    return [...this.#lines, ...this.#pending.values()];
  }

  /** What is to be said again after a reconnect; the relay stores each id once. */
  get unconfirmed() {
    return [...this.#pending.values()].filter(({ problem }) => problem === null);
  }

  get members() {
    return [...this.#members.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  /** The sequence up to which everything is known; null before the first `joined`. */
  get lastSeq() {
    return this.#lastSeq;
  }

  /**
   * Takes a reply `joined`. To one that was asked for with `after`, the events up to its `seq` follow.
   */
  join({ seq, members, recovered }) {
    const known = this.#lastSeq;
    const isNew = known === null || seq < known;
    this.#members = new Map(members.map((member) => [member.id, member]));
    this.#joinedSeq = seq;
    this.#hasGap = !isNew && !recovered;
    // A log that ends before what is known is another log.
    if (isNew) {
      this.#lines = [];
      this.#lastSeq = seq;
    }
    if (this.#hasGap)
      this.#insert(systemLine(known + 0.5, 'Some of what was said is out of reach.'));
  }

  /** Takes an event of the room. False when one before it is missing: then join with `after` again. */
  hear(event) {
    const known = this.#lastSeq ?? 0;
    if (event.seq <= known) return true;
    if (event.prev > known && !this.#hasGap) return false;
    this.#hasGap = false;
    this.#lastSeq = event.seq;
    // The members came with `joined`; events up to there only say how it came to that.
    if (event.seq > this.#joinedSeq) this.#moveMembers(event);
    this.#pending.delete(event.id);
    this.#insert(lineOf(event));
    return true;
  }

  /** Takes what was said before, out of a reply `history`. */
  remember(events) {
    for (const event of events) {
      if (SAID.has(event.type)) this.#insert(lineOf(event));
    }
  }

  /** Puts what is being said at the end, until the relay has stored it. */
  say(id, from, text, time) {
    const line = { seq: null, id, kind: 'message', from, text, time, problem: null };
    this.#pending.set(id, line);
    return line;
  }

  /** Marks what could not be said. */
  refuse(id, problem) {
    const line = this.#pending.get(id);
    if (line !== undefined) this.#pending.set(id, { ...line, problem });
  }

  /** Forgets what could not be said; returns its text. */
  withdraw(id) {
    const text = this.#pending.get(id)?.text ?? '';
    this.#pending.delete(id);
    return text;
  }

  /** Forgets everything: somebody else logs in. */
  clear() {
    this.#lines = [];
    this.#pending.clear();
    this.#members.clear();
    this.#lastSeq = null;
  }

  #moveMembers({ type, member }) {
    if (type === 'member.entered') this.#members.set(member.id, member);
    if (LEAVING.has(type)) this.#members.delete(member.id);
  }

  #insert(line) {
    if (line === null) return;
    const place = this.#lines.findLastIndex(({ seq }) => seq <= line.seq);
    if (this.#lines[place]?.seq === line.seq) return;
    this.#lines.splice(place + 1, 0, line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}

function lineOf(event) {
  const { seq, id, type, from, text, time } = event;
  if (type === 'message.posted')
    return { seq, id, kind: 'message', from, text, time, problem: null };
  if (type === 'notice.posted') return systemLine(seq, text, time);
  const tell = TELLING[type];
  const told = tell === undefined ? null : tell(event);
  return told === null ? null : systemLine(seq, told, time);
}

function systemLine(seq, text, time = null) {
  return { seq, id: `line-${seq}`, kind: 'system', from: null, text, time, problem: null };
}

function because({ reason }) {
  return reason === undefined ? '' : `: ${reason}`;
}

const LINES_MAX = 500;
const SAID = new Set(['message.posted', 'notice.posted']);
const LEAVING = new Set(['member.left', 'member.kicked', 'member.banned']);
const TELLING = {
  'member.entered': ({ member }) => `${member.name} entered`,
  'member.left': ({ member }) => `${member.name} left`,
  'member.kicked': (event) => `${event.member.name} was kicked${because(event)}`,
  'member.muted': (event) => `${event.member.name} was muted${because(event)}`,
  'member.unmuted': ({ member }) => `${member.name} may speak again`,
  'member.banned': (event) => `${event.member.name} was banned${because(event)}`,
  'member.unbanned': ({ member }) => `${member.name} may come back`,
  'room.changed': ({ name, closed }) => {
    if (closed) return 'The room was closed';
    return name === undefined ? null : `The room is now called ${name}`;
  },
};
