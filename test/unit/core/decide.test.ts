import { describe, expect, it } from 'vitest';
import { type Circumstances, decide } from '../../../src/core/decide.ts';
import { type Logged, roomEvent } from '../../../src/domain/events.ts';
import { role as roleOf, roomCommand } from '../../../src/domain/room-commands.ts';
import suite from '../../vectors/rooms/decide.json' with { type: 'json' };
import { next, PEOPLE, roomOf } from './story.ts';

const AROUND: Circumstances = {
  nowMs: Date.parse(suite.now),
  role: 'member',
  stillHere: false,
  target: null,
  source: null,
  textMaxCodePoints: 5,
  membersPerRoomMax: 3,
};

const ROOMS: Readonly<Record<string, readonly string[]>> = suite.rooms;

interface Vector {
  readonly name: string;
  readonly room: string;
  readonly by: string;
  readonly stillHere?: boolean;
  /** Left out: 2 and 0 are moderators, others members. */
  readonly role?: string;
  readonly command: { readonly type: string; readonly user?: string };
  readonly events?: readonly string[];
  readonly refusal?: string;
}

const vectors: readonly Vector[] = suite.vectors;

function run({ room, by, stillHere = false, command, ...more }: Vector) {
  const lines = ROOMS[room];
  if (lines === undefined) throw new Error(`there is no room ${room} in the vectors`);
  const from = PEOPLE[by];
  const whole = roomCommand.parse({ id: 'c1', from, via: 'json', relay: 'r1', ...command });
  const usual = by === '2' || by === '0' ? 'moderator' : 'member';
  const role = roleOf.parse(more.role ?? usual);
  const target = PEOPLE[command.user ?? ''] ?? null;
  return decide(roomOf(lines), whole, { ...AROUND, role, stillHere, target });
}

describe('decide', () => {
  it.each(vectors)('$name', (vector) => {
    const decision = run(vector);
    const outcome = decision.ok
      ? decision.drafts.map((draft) =>
          'member' in draft ? `${draft.type} ${draft.member.id}` : draft.type,
        )
      : decision.refusal.code;
    expect(outcome).toEqual(vector.events ?? vector.refusal);
  });

  describe('a replay', () => {
    const TIME = '2026-03-12T14:00:08.000Z';
    const source = (own: object): Logged => ({
      ...{ seq: 42, prev: 41 },
      event: roomEvent.parse({
        ...{ v: 1, id: 'x', n: 7, room: 'other', time: TIME, via: 'xml', from: PEOPLE['9'] },
        ...own,
      }),
    });
    const asked = (by: string, from: Logged | null, room = 'other') => {
      const place = { replay: 'r1', source: { room, seq: 42 } };
      const command = { id: 'r1.42', type: 'replay', from: PEOPLE[by], via: 'nats', ...place };
      const around = { ...AROUND, role: 'moderator' as const, source: from };
      return decide(roomOf(['created']), roomCommand.parse(command), around);
    };
    const SAID = source({ type: 'message.posted', text: 'Hello you' });

    it.each<[what: string, from: Logged, text: string, name: string]>([
      ['what somebody said', SAID, 'ann: Hello you', 'ann'],
      ['a notice', source({ type: 'notice.posted', text: 'At noon' }), 'At noon', 'ann'],
      [
        'who came',
        source({ type: 'member.entered', member: PEOPLE['9'] }),
        '*ann has entered',
        'ann',
      ],
      [
        'a replay, with the name of before',
        source({
          ...{ type: 'notice.posted', text: 'bob: Hi', from: PEOPLE['0'] },
          replayed: { replay: 'r0', room: 'first', seq: 3, time: TIME, name: 'bob' },
        }),
        'bob: Hi',
        'bob',
      ],
    ])('tells %s as the system', (_what, from, text, name) => {
      const replayed = { replay: 'r1', room: 'other', seq: 42, time: TIME, name };
      const told = { from: PEOPLE['0'], via: 'nats', type: 'notice.posted', text, replayed };
      expect(asked('0', from)).toEqual({ ok: true, drafts: [told] });
    });

    it.each<[what: string, by: string, from: Logged | null, room: string, code: string]>([
      ['by a moderator', '2', SAID, 'other', 'FORBIDDEN'],
      ['of nothing', '0', null, 'other', 'BAD_FIELD'],
      ['of the room itself', '0', SAID, '1', 'BAD_FIELD'],
    ])('is refused %s', (_what, by, from, room, code) => {
      expect(asked(by, from, room)).toMatchObject({ ok: false, refusal: { code } });
    });
  });

  it('makes text and reasons canonical', () => {
    const say = { id: 'c1', from: PEOPLE['6'], via: 'xml', type: 'say', text: 'a\u0000\r' };
    const said = decide(roomOf(['created', 'entered 6']), roomCommand.parse(say), AROUND);
    expect(said).toEqual({
      ok: true,
      drafts: [{ from: PEOPLE['6'], via: 'xml', type: 'message.posted', text: 'a\uFFFD\n' }],
    });
    const kick = { ...say, from: PEOPLE['2'], type: 'kick', user: '6', reason: 'a\u0007' };
    const moderator = { ...AROUND, role: 'moderator' } as const;
    const kicked = decide(roomOf(['created', 'entered 6']), roomCommand.parse(kick), moderator);
    expect(kicked).toMatchObject({ drafts: [{ type: 'member.kicked', reason: 'a\uFFFD' }] });
  });

  it('sets the end of a mute by its clock', () => {
    const mute = { id: 'c1', from: PEOPLE['2'], via: 'json', type: 'mute', user: '9', seconds: 60 };
    const around = { ...AROUND, role: 'moderator', target: PEOPLE['9'] ?? null } as const;
    expect(decide(roomOf(['created']), roomCommand.parse(mute), around)).toMatchObject({
      drafts: [{ type: 'member.muted', until: '2026-11-23T07:01:00.000Z' }],
    });
  });

  it('has an end to how many can be banned', () => {
    const ban = { id: 'c1', from: PEOPLE['2'], via: 'json', type: 'ban', user: '9' };
    const around = { ...AROUND, role: 'moderator', target: PEOPLE['9'] ?? null } as const;
    const bans = new Map(Array.from({ length: 2000 }, (_, index) => [`${index + 100}`, null]));
    const full = { ...roomOf(['created']), bans };
    expect(decide(full, roomCommand.parse(ban), around)).toMatchObject({
      refusal: { code: 'FORBIDDEN' },
    });
    const again = { ...full, bans: new Map([...bans].slice(1)).set('9', null) };
    expect(decide(again, roomCommand.parse(ban), around)).toMatchObject({ ok: true });
  });

  it('asked again right after gives no second event for what is so by now', () => {
    for (const vector of vectors) {
      const first = run(vector);
      if (!first.ok || first.drafts.length === 0) continue;
      if (!['enter', 'leave', 'unmute', 'unban'].includes(vector.command.type)) continue;
      let state = roomOf(ROOMS[vector.room] ?? []);
      for (const draft of first.drafts) {
        const place = { v: 1, id: 'x', n: state.n + 1, room: '1', time: state.time } as const;
        state = next(state, { ...draft, ...place });
      }
      const command = roomCommand.parse({
        ...{ id: 'c1', from: PEOPLE[vector.by], via: 'json', relay: 'r1' },
        ...vector.command,
      });
      const role = vector.by === '2' ? 'moderator' : 'member';
      const target = PEOPLE[vector.command.user ?? ''] ?? null;
      expect(decide(state, command, { ...AROUND, role, target })).toEqual({ ok: true, drafts: [] });
    }
  });
});
