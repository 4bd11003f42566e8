import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../src/codecs/codec.ts';
import { DIALECTS } from '../../../src/codecs/registry.ts';
import { type RoomEventType, roomEvent } from '../../../src/domain/events.ts';
import { canonicalText } from '../../../src/domain/text.ts';
import { everyEvent, everyReply, messageOf, OPTIONS, READER, VIEW, whisperOf } from './samples.ts';
import { anyName, anyText } from './texts.ts';
import type { PlainElement } from './xml/plain-element.ts';
import { readStrictly } from './xml/strict-xml.ts';

const EVENT_TYPES = roomEvent.options.map(({ shape }) => shape.type.value);
const RUNS = { numRuns: 1000 };
// A machine that does much else at the same time is slow.
const SLOW = { timeout: 60_000 };

it('the samples hold every type of event of the schema', () => {
  const sampled = everyEvent('text', 'ann').map(({ event }) => event.type);
  expect(new Set(sampled)).toEqual(new Set(EVENT_TYPES));
  for (const { event } of everyEvent('text', 'ann')) roomEvent.parse(event);
});

describe.each(DIALECTS)('what $name says', (dialect) => {
  it.each(EVENT_TYPES)('of %s: something, or it is listed as what it cannot say', (type) => {
    for (const logged of everyEvent('text', 'ann').filter(({ event }) => event.type === type)) {
      const frames = dialect.create(OPTIONS).encodeEvent(logged, VIEW);
      expect(frames.length === 0).toBe(dialect.cannotSay.has(type));
    }
  });

  it('lists nothing that is no event', () => {
    const types: ReadonlySet<RoomEventType> = new Set(EVENT_TYPES);
    for (const type of dialect.cannotSay) expect(types).toContain(type);
  });

  it('is one element a frame, and of the same shape whatever people write', SLOW, () => {
    const plain = frames(dialect.create(OPTIONS), 'text', 'ann').map(shapeOf);
    fc.assert(
      fc.property(anyText, anyName, (text, name) => {
        const wild = frames(dialect.create(OPTIONS), text === '' ? 'x' : text, name).map(shapeOf);
        expect(wild).toEqual(plain);
      }),
      { numRuns: 50 },
    );
  });

  it('is exactly the text that was posted, once the client has undone its escapes', SLOW, () => {
    const codec = dialect.create(OPTIONS);
    fc.assert(
      fc.property(anyText, (text) => {
        const said = codec.encodeEvent(messageOf(text), VIEW).map(strictly);
        const whispered = codec.encodeWhisper(whisperOf(text), READER).map(strictly);
        expect(said.map((frame) => textIn(dialect.name, frame)).join('')).toBe(canonicalText(text));
        expect(whispered.map((frame) => textIn(dialect.name, frame)).join('')).toBe(
          canonicalText(text),
        );
      }),
      RUNS,
    );
  });

  it('is a long text in pieces that an old player can show', () => {
    const codec = dialect.create(OPTIONS);
    const text = '<😀&>'.repeat(10_000);
    const said = codec.encodeEvent(messageOf(text), VIEW).map(strictly);
    expect(said.map((frame) => textIn(dialect.name, frame)).join('')).toBe(text);
    for (const frame of said) {
      expect([...textIn(dialect.name, frame)].length).toBeLessThanOrEqual(8000);
    }
  });

  it('keeps system lines apart from what a person says who is called like the system', () => {
    const codec = dialect.create(OPTIONS);
    for (const name of ['*', '＊', 'system', '0']) {
      const from = { id: '1000001', name };
      const view = { ...VIEW, members: new Map([...VIEW.members, [from.id, from]]) };
      const [said] = codec.encodeEvent(messageOf('text', from), view).map(strictly);
      const [notice] = everyEvent('text', 'ann')
        .filter(({ event }) => event.type === 'notice.posted')
        .flatMap((logged) => codec.encodeEvent(logged, view))
        .map(strictly);
      expect(said).not.toEqual(notice);
    }
  });
});

function frames(codec: Codec, text: string, name: string): PlainElement[] {
  return [
    ...everyReply(text, name).flatMap((reply) => codec.encodeReply(reply)),
    ...everyEvent(text, name).flatMap((logged) => codec.encodeEvent(logged, VIEW)),
    ...codec.encodeWhisper(whisperOf(text), READER),
  ].map(strictly);
}

// One element, one NUL, no CDATA, no declaration, nothing between tags.
function strictly(frame: Buffer): PlainElement {
  const xml = frame.toString('utf8', 0, frame.length - 1);
  expect(frame.indexOf(0)).toBe(frame.length - 1);
  expect(xml).toMatch(/^<[a-z]/);
  expect(xml).not.toMatch(/<[!?]/);
  const element = readStrictly(xml);
  if (element === null) throw new Error(`not well-formed: ${xml}`);
  expect(element.children.length === 0 || element.text === '').toBe(true);
  return element;
}

function shapeOf({ name, attributes, children }: PlainElement): object {
  return { name, attributes: Object.keys(attributes), children: children.map(shapeOf) };
}

/** What a person reads in a frame that holds a message. */
function textIn(dialect: string, frame: PlainElement): string {
  if (dialect === 'palabre') return unescapeOnce(frame.text, ['amp', 'lt', 'gt', 'quot']);
  if (dialect !== 'smartfox1') return frame.text;
  const text = frame.children[0]?.children.find(({ name }) => name === 'txt')?.text ?? '';
  return unescapeOnce(text, ['amp', 'lt', 'gt', 'quot', 'apos']);
}

// As its clients do it: every reference once, from any ampersand to the next semicolon.
function unescapeOnce(text: string, known: readonly string[]): string {
  return text.replace(/&([^;]*);/g, (_reference, name) => {
    if (!known.includes(name)) throw new Error(`the client does not know &${name};`);
    return CHARACTERS[known.indexOf(name)] ?? '';
  });
}

const CHARACTERS = ['&', '<', '>', '"', "'"];
