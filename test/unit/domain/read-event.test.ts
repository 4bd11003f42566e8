import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roomEvent } from '../../../src/domain/events.ts';
import { readRoomEvent } from '../../../src/domain/read-event.ts';

it('reads an event as the schema does, the order of fields included', () => {
  fc.assert(
    fc.property(fc.oneof(likely(), fc.jsonValue()), (value) => agree(JSON.stringify(value))),
    { numRuns: 3000 },
  );
});

it('reads what is no JSON, or written otherwise, as the schema does', () => {
  const places = fc.array(fc.tuple(fc.nat(), fc.nat(2), PIECE), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.constantFrom(POSTED, ENTERED), places, (event, changes) => {
      let text = JSON.stringify(event);
      for (const [place, length, piece] of changes) {
        const at = place % (text.length + 1);
        text = text.slice(0, at) + piece + text.slice(at + length);
      }
      agree(text);
    }),
    { numRuns: 3000 },
  );
});

it('agrees with the schema on who may have done it', () => {
  fc.assert(
    fc.property(NAME, ID, (name, id) => {
      agree(JSON.stringify({ ...POSTED, from: { id, name } }));
      agree(JSON.stringify({ ...ENTERED, member: { id, name } }));
    }),
  );
});

it.each([
  ['the last day of February', '2026-02-28T23:59:59.999Z'],
  ['a leap day', '2024-02-29T00:00:00.000Z'],
  ['a leap day that is none', '2026-02-29T00:00:00.000Z'],
  ['a day too many', '2026-04-31T00:00:00.000Z'],
  ['a leap second', '2026-12-31T23:59:60.000Z'],
  ['a line after it', '2026-12-31T23:59:59.000Z\n'],
])('agrees with the schema on %s', (_what, time) => {
  agree(JSON.stringify({ ...POSTED, time }));
});

it.each([
  ['a message as it is written', () => POSTED],
  ['a message in another order', () => Object.fromEntries(Object.entries(POSTED).reverse())],
  ['somebody who comes', () => ENTERED],
  ['a number that is too large', () => ({ ...POSTED, n: 2 ** 53 })],
  ['a text with quotes, lines and a separator', () => ({ ...POSTED, text: '"\\\n\u2028\u007f' })],
])('agrees with the schema on %s', (_what, event) => {
  agree(JSON.stringify(event()));
});

it.each(['017', '-17', '1.0', '17e0', '9007199254740993', '"17"'])(
  'agrees with the schema on the number %s',
  (n) => agree(JSON.stringify(POSTED).replace('17', n)),
);

function agree(json: string): void {
  const bySchema = roomEvent.safeParse(parsed(json)).data ?? null;
  expect(JSON.stringify(readRoomEvent(json))).toBe(JSON.stringify(bySchema));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

// Most are events; any of their fields may be left out, or be what is no such field or hardly one.
function likely(): fc.Arbitrary<unknown> {
  const actor = fc.record({ id: mostly('6', ID), name: mostly('ann', NAME), more: fc.boolean() });
  // In the order in which chat-core writes them.
  const fields = {
    v: mostly(1, fc.constantFrom(2, '1', null)),
    id: mostly('m1', fc.oneof(fc.constantFrom('', 'x'.repeat(64), 'x'.repeat(65)), NAME)),
    n: mostly(17, fc.oneof(fc.integer(), fc.constantFrom(0, 1.5, 2 ** 53, 1e300))),
    type: fc.constantFrom(...TYPES),
    room: mostly('1', fc.oneof(fc.constantFrom('a.b', 'x'.repeat(33)), fc.string())),
    time: mostly(WAS.time, fc.oneof(fc.constantFrom(...TIMES), fc.date().map(asText))),
    from: fc.oneof({ weight: 20, arbitrary: actor }, fc.jsonValue()),
    text: mostly('Hello', fc.string({ unit: 'binary' })),
    via: mostly('xml', fc.constantFrom('json', 'nats')),
    member: fc.oneof({ weight: 20, arbitrary: actor }, fc.jsonValue()),
  };
  const rare = {
    heard: mostly(3, fc.constantFrom(-1, 1.5)),
    until: mostly(null, fc.constantFrom(WAS.time, '')),
    reason: mostly('spam', fc.string()),
    name: mostly('ann', NAME),
    closed: fc.boolean(),
    replayed: mostly({ seq: 1, replay: 'r', room: '1', ...WAS, more: 1 }, fc.constant({})),
    later: fc.jsonValue(),
  };
  return fc
    .tuple(
      fc.record(fields),
      fc.record(rare),
      fc.subarray(Object.keys(rare)),
      fc.constantFrom(...Object.keys(fields), ...Array.from(TYPES, () => '')),
    )
    .map(([common, more, there, missing]) => {
      const few = Object.fromEntries(Object.entries(more).filter(([name]) => there.includes(name)));
      // As from the wire: by way of JSON nothing is undefined.
      return JSON.parse(JSON.stringify({ ...common, ...few, [missing]: undefined }));
    });
}

function mostly(right: unknown, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const wrong = fc.oneof({ weight: 5, arbitrary: other }, fc.jsonValue());
  return fc.oneof({ weight: 20, arbitrary: fc.constant(right) }, wrong);
}

function asText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'never' : date.toISOString();
}

const WAS = { time: '2026-11-23T06:55:35.123Z', name: 'ann' };
const POSTED = {
  ...{ v: 1, id: 'm1', n: 17, type: 'message.posted', room: '1', time: WAS.time },
  ...{ from: { id: '6', name: 'ann' }, text: 'Hello', via: 'xml' },
};
const ENTERED = {
  ...{ v: 1, id: 'm1', n: 17, type: 'member.entered', room: '1', time: WAS.time },
  ...{ from: { id: '6', name: 'ann' }, member: { id: '9', name: 'tom' }, via: 'xml' },
};
// What JSON is made of, and what may stand in a string.
const PIECE = fc.constantFrom(
  ...[
    '',
    ' ',
    '"',
    '\\',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '\n',
    '\u0000',
    '\u007f',
    '\u2028',
    '\ud800',
  ],
  ...['\\u0041', '\\"', '0', '-', '1', 'e3', '.5', 'a', 'é', '"text":"x",', '"heard":3,', 'null'],
);
const TYPES = roomEvent.options.map(({ shape }) => shape.type.value);
const TIMES = [WAS.time, '2026-11-23T06:55:35Z', '2026-02-29T00:00:00.000Z'];
const ID = fc.oneof(
  fc.constantFrom('0', '6', '00', '01', '2147483647', '2147483648', '99999999999', ''),
  fc.nat().map(String),
);
const NAME = fc.oneof(
  fc.string({ maxLength: 33 }),
  fc.string({ unit: 'binary', maxLength: 33 }),
  fc.constantFrom('enobrev', '', ' a', 'a ', 'a b', '~', 'é', 'a\u00a0', 'x'.repeat(33), 'a\n'),
);
