import { beforeEach, describe, expect, it } from 'vitest';

// What the page runs is no TypeScript; this is how the tests see it.
interface Line {
  readonly seq: number | null;
  readonly text: string;
  readonly problem: string | null;
}
interface Conversation {
  readonly lines: readonly Line[];
  readonly unconfirmed: readonly Line[];
  readonly members: readonly { readonly name: string }[];
  readonly lastSeq: number | null;
  join(joined: object): void;
  hear(event: object): boolean;
  remember(events: readonly object[]): void;
  say(id: string, from: object, text: string, time: string): Line;
  refuse(id: string, problem: string): void;
  withdraw(id: string): string;
}
const file = new URL('../../../web/conversation.js', import.meta.url).href;
const { Conversation: Made }: { Conversation: new () => Conversation } = await import(file);

const TIME = '2026-11-23T06:55:35.123Z';
const ANN = { id: '9', name: 'ann' };
const ENOBREV = { id: '6', name: 'enobrev' };

let conversation: Conversation;

beforeEach(() => {
  conversation = new Made();
  conversation.join({ seq: 10, members: [ANN], recovered: true });
});

describe('a conversation in the page', () => {
  it('shows what is heard, in the order of the log', () => {
    expect(conversation.hear(message(11, 10, 'one'))).toBe(true);
    expect(conversation.hear(message(14, 11, 'two'))).toBe(true);
    conversation.remember([message(7, 5, 'before'), message(11, 10, 'one')]);
    expect(texts()).toEqual(['before', 'one', 'two']);
  });

  it('notices that an event is missing, and takes it later', () => {
    expect(conversation.hear(message(14, 12, 'three'))).toBe(false);
    expect(conversation.lastSeq).toBe(10);
    conversation.join({ seq: 14, members: [ANN], recovered: true });
    expect(conversation.hear(message(12, 10, 'two'))).toBe(true);
    expect(conversation.hear(message(14, 12, 'three'))).toBe(true);
    expect(texts()).toEqual(['two', 'three']);
  });

  it('takes an event once', () => {
    conversation.hear(message(11, 10, 'one'));
    expect(conversation.hear(message(11, 10, 'one'))).toBe(true);
    expect(texts()).toEqual(['one']);
  });

  it('says where something is out of reach, and goes on', () => {
    conversation.hear(message(11, 10, 'one'));
    conversation.join({ seq: 90, members: [ANN], recovered: false });
    expect(conversation.hear(message(80, 79, 'late'))).toBe(true);
    expect(texts()).toEqual(['one', 'Some of what was said is out of reach.', 'late']);
    expect(conversation.hear(message(95, 93, 'later'))).toBe(false);
  });

  it('begins anew when the log did', () => {
    conversation.hear(message(11, 10, 'one'));
    conversation.join({ seq: 3, members: [ANN], recovered: false });
    expect(conversation.hear(message(4, 3, 'new'))).toBe(true);
    expect(texts()).toEqual(['new']);
  });

  it('knows who is there, and lets the past not change it', () => {
    conversation.hear(entered(11, 10));
    expect(names()).toEqual(['ann', 'enobrev']);
    conversation.join({ seq: 13, members: [ANN], recovered: true });
    conversation.hear(entered(12, 11));
    expect(names()).toEqual(['ann']);
    conversation.hear({ ...entered(14, 12), type: 'member.kicked', member: ANN, reason: 'x' });
    expect(names()).toEqual([]);
    expect(texts().at(-1)).toBe('ann was kicked: x');
  });

  it('keeps what is being said at the end until it is heard', () => {
    conversation.say('a1', ANN, 'mine', TIME);
    conversation.hear(message(11, 10, 'theirs'));
    expect(texts()).toEqual(['theirs', 'mine']);
    expect(conversation.unconfirmed).toHaveLength(1);
    conversation.hear({ ...message(12, 11, 'mine'), id: 'a1' });
    expect(conversation.lines.map(({ seq }) => seq)).toEqual([11, 12]);
    expect(conversation.unconfirmed).toEqual([]);
  });

  it('gives back what was refused', () => {
    conversation.say('a1', ANN, 'mine', TIME);
    conversation.refuse('a1', 'You are muted.');
    expect(conversation.unconfirmed).toEqual([]);
    expect(conversation.lines).toMatchObject([{ text: 'mine', problem: 'You are muted.' }]);
    expect(conversation.withdraw('a1')).toBe('mine');
    expect(conversation.lines).toEqual([]);
  });

  it('holds the last 500 lines', () => {
    for (let seq = 11; seq <= 600; seq += 1) conversation.hear(message(seq, seq - 1, `${seq}`));
    expect(conversation.lines).toHaveLength(500);
    expect(texts().at(-1)).toBe('600');
  });
});

function message(seq: number, prev: number, text: string) {
  const id = `event-${seq}`;
  return { type: 'message.posted', room: '1', seq, prev, id, time: TIME, from: ENOBREV, text };
}

function entered(seq: number, prev: number) {
  const id = `event-${seq}`;
  const type = 'member.entered';
  return { type, room: '1', seq, prev, id, time: TIME, from: ENOBREV, member: ENOBREV };
}

function texts(): readonly string[] {
  return conversation.lines.map(({ text }) => text);
}

function names(): readonly string[] {
  return conversation.members.map(({ name }) => name);
}
