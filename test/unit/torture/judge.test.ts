import { describe, expect, it } from 'vitest';
import type { Witness } from '../../../src/torture/evidence.ts';
import { type Ending, HeardRoom, Journal, type Seam } from '../../../src/torture/journal.ts';
import { judge } from '../../../src/torture/judge.ts';
import type { RoomTruth, StoredEvent } from '../../../src/torture/truth.ts';

const ROOM = '1';

// c9 comes with sequence 1; then c0 says five things.
const STORED: StoredEvent[] = [
  { seq: 1, atMs: 0, type: 'member.entered', account: '9', mark: null, text: null },
  ...[2, 3, 4, 5, 6].map((seq) => said(seq, `c0-${seq}`)),
];

function said(seq: number, mark: string): StoredEvent {
  return {
    seq,
    atMs: seq * 1000,
    type: 'message.posted',
    account: '6',
    mark,
    text: `${mark} hello`,
  };
}

/** A client of account 9 that entered at sequence 1 and heard these marks; a seam: it came again. */
function heard(wire: Witness['wire'], story: readonly (string | Seam)[]) {
  const journal = new Journal();
  const room = journal.room(ROOM);
  const isWeb = wire === 'web';
  room.entered(isWeb ? 1 : null, true);
  for (const next of story) {
    if (typeof next === 'string') {
      hear(room, next, isWeb);
      continue;
    }
    room.entered(isWeb ? room.lastSeq : null, true);
    room.cameBack(next);
  }
  return judgeOne(journal, wire);
}

function hear(room: HeardRoom, mark: string, isWeb: boolean): void {
  const seq = Number(mark.split('-')[1]);
  room.hear(
    { atMs: seq * 1000, seq: isWeb ? seq : null, mark, text: `${mark} hello` },
    isWeb ? seq - 1 : null,
  );
}

function judgeOne(journal: Journal, wire: Witness['wire'], events = STORED) {
  const truth = new Map<string, RoomTruth>([[ROOM, { events, chain: [] }]]);
  const upTo = new Map([[ROOM, 6]]);
  const { problems, ...counts } = judge({ wire, account: '9', journal }, { truth, upTo });
  return { ...counts, kinds: problems.map(({ kind }) => kind) };
}

const ALL = ['c0-2', 'c0-3', 'c0-4', 'c0-5', 'c0-6'];

describe.each(['web', 'xml'] as const)('a client on %s', (wire) => {
  it('that heard everything', () => {
    expect(heard(wire, ALL)).toMatchObject({ received: 5, missing: 0, kinds: [] });
  });

  it('that heard one thing twice', () => {
    const found = heard(wire, [...ALL, 'c0-6']);
    expect(found).toMatchObject({ missing: 0, doubled: 1 });
  });

  it('that heard two things the wrong way round', () => {
    const found = heard(wire, ['c0-2', 'c0-4', 'c0-3', 'c0-5', 'c0-6']);
    expect(found.missing).toBe(0);
    expect(found.kinds).toContain('out-of-order');
  });

  it('that did not hear one thing in the middle', () => {
    const found = heard(wire, ['c0-2', 'c0-4', 'c0-5', 'c0-6']);
    expect(found).toMatchObject({ missing: 1, inFlight: 0 });
  });

  it('that did not hear the last thing', () => {
    expect(heard(wire, ALL.slice(0, 4))).toMatchObject({ missing: 1, inFlight: 0 });
  });

  it('that heard what nobody said', () => {
    expect(heard(wire, [...ALL, 'c0-7']).kinds).toContain('garbled');
  });
});

// c0-2 was said at 2 s, and so on.
const seam = (ending: Ending, endedAt: number): Seam => ({
  ...{ ending, endedAt, endedMs: endedAt, backAt: 4500 },
});

describe('what was said while a client was not there', () => {
  it('is missing when it is not brought', () => {
    const cut = seam('cut', 2500);
    for (const wire of ['web', 'xml'] as const) {
      const found = heard(wire, ['c0-2', cut, 'c0-4', 'c0-5', 'c0-6']);
      expect(found).toMatchObject({ missing: 1, inFlight: 0 });
    }
  });

  it('may have been on its way on XML when the relay was killed, but not later', () => {
    const found = heard('xml', ['c0-2', seam('broken', 3010), 'c0-5', 'c0-6']);
    expect(found).toMatchObject({ missing: 1, inFlight: 1 });
  });

  it('may have been written to a connection that was given up, until the client was back', () => {
    const found = heard('xml', ['c0-2', seam('gave-up', 2500), 'c0-6']);
    expect(found).toMatchObject({ missing: 1, inFlight: 2 });
  });

  it('may be heard again on XML when it was told as the relay was killed, and only then', () => {
    const again = (ending: Ending, from: number) =>
      heard('xml', ['c0-2', 'c0-3', seam(ending, 3500), ...ALL.slice(from)]);
    expect(again('broken', 1)).toMatchObject({ doubled: 0, again: 1, kinds: [] });
    expect(again('broken', 0)).toMatchObject({ doubled: 1, again: 1 });
    expect(again('cut', 1)).toMatchObject({ doubled: 1, again: 0 });
  });
});

describe('what a client said', () => {
  function saying(seq: number | null, events: StoredEvent[]) {
    const journal = new Journal();
    journal.sent({ room: ROOM, mark: 'c0-2', text: 'c0-2 hello', sentMs: 0 });
    journal.acknowledge({ room: ROOM, mark: 'c0-2', seq });
    return judgeOne(journal, 'web', events).kinds;
  }

  it('is in the log once', () => {
    expect(saying(2, STORED)).toEqual([]);
    expect(saying(null, STORED)).toEqual([]);
  });

  it('is lost when the log has it nowhere, or elsewhere', () => {
    expect(saying(2, [])).toEqual(['lost']);
    expect(saying(3, STORED)).toEqual(['lost']);
  });

  it('is doubled when the log has it twice', () => {
    expect(saying(2, [...STORED, said(7, 'c0-2')])).toEqual(['stored-twice']);
  });

  it('is garbled when the log has another text', () => {
    const other = STORED.map((event) => (event.seq === 2 ? { ...event, text: 'c0-2 bye' } : event));
    expect(saying(2, other)).toEqual(['garbled']);
  });
});

describe('a room as it was heard', () => {
  it('notices a link that does not fit', () => {
    const room = new HeardRoom();
    room.entered(1, true);
    hear(room, 'c0-2', true);
    hear(room, 'c0-4', true);
    expect(room.brokenLinks).toBe(1);
  });

  it('notices that the server could not bring everything', () => {
    const journal = new Journal();
    journal.room(ROOM).entered(6, false);
    expect(judgeOne(journal, 'web').kinds).toEqual(['unrecovered']);
  });
});
