import { describe, expect, it } from 'vitest';
import { type Circumstances, decide } from '../../../src/core/decide.ts';
import { role as roleOf, roomCommand } from '../../../src/domain/room-commands.ts';
import suite from '../../vectors/rooms/decide.json' with { type: 'json' };
import { next, PEOPLE, roomOf } from './story.ts';

const AROUND: Circumstances = {
  nowMs: Date.parse(suite.now),
  role: 'member',
  stillHere: false,
  target: null,
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
