import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Codec, Decoded } from '../../src/codecs/codec.ts';
import { createCompactCodec } from '../../src/codecs/compact/codec.ts';
import { createJsonCodec } from '../../src/codecs/json/codec.ts';
import { CAUSES } from '../../src/codecs/xml/causes.ts';
import { type Parsed, parseFrame } from '../../src/codecs/xml/parse.ts';
import { accountId, roomId } from '../../src/domain/ids.ts';
import { isRefusalCode } from '../../src/domain/refusals.ts';
import { canonicalText, codePointLength } from '../../src/domain/text.ts';
import { JSON_SAMPLES, JSON_TOKENS, XML_SAMPLES, XML_TOKENS } from '../support/junk.ts';
import { seededRandom } from '../support/random.ts';
import { OPTIONS } from '../unit/codecs/samples.ts';
import { loadVectors } from '../unit/codecs/vectors.ts';
import { type PlainElement, toPlain } from '../unit/codecs/xml/plain-element.ts';
import { readStrictly } from '../unit/codecs/xml/strict-xml.ts';
import { NearMisses } from './near-misses.ts';

const FRAMES = 200_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_040_317);
// A word that no sentence of ours has: a refusal that holds it repeats what the peer sent.
const MARK = 'zqxj';

const xmlJunk = (): NearMisses =>
  new NearMisses(
    seededRandom(SEED),
    [...XML_SAMPLES, ...framesOf('compact/decode.json'), ...framesOf('xml/parse.json')].map(marked),
    [...XML_TOKENS, MARK, `<${MARK}/>`, ` ${MARK}="1"`, ` room_id="${MARK}!"`, ` to_id='${MARK}'`],
  );
const jsonJunk = (): NearMisses =>
  new NearMisses(
    seededRandom(SEED),
    [...JSON_SAMPLES, ...framesOf('json/decode.json')].map(marked),
    [
      ...JSON_TOKENS,
      ...[
        MARK,
        `"${MARK}"`,
        `{"type":"${MARK}"`,
        `{"type":"join","room":"${MARK}!"}`,
        '{"type":"say"',
      ],
      ...['{"type":"ban"', ',"room":"1"', ',"user":"9"', ',"text":"', `,"${MARK}":`, ',"rooms":["'],
    ],
  );

describe(`${FRAMES} frames of junk, seed ${SEED}`, () => {
  it('compact: a command or a refusal, and nothing else', () => {
    throwAtCodec(createCompactCodec(OPTIONS), xmlJunk());
  });

  it('compact where frames may be Windows-1252', () => {
    throwAtCodec(createCompactCodec({ ...OPTIONS, invalidUtf8: 'windows-1252' }), xmlJunk());
  });

  it('json: a command or a refusal, and nothing else', () => {
    throwAtCodec(createJsonCodec(OPTIONS), jsonJunk());
  });

  it('xml: whatever is read is what a strict parser reads', () => {
    const options = { maxBytes: 32_768, invalidUtf8: 'refuse', unclosed: UNCLOSED } as const;
    let read = 0;
    throwAll(xmlJunk(), (frame) => {
      const parsed = parseFrame(frame, options);
      if (parsed.ok) read += 1;
      const complaint = parsed.ok ? falseAccept(frame, parsed) : falseRefusal(frame, parsed);
      if (complaint !== null) throw new Error(complaint);
    });
    // A parser that refuses everything would pass, too.
    expect(read).toBeGreaterThan(FRAMES / 10);
  });
});

function throwAtCodec(codec: Codec, junk: NearMisses): void {
  const outcomes = new Map<string, number>();
  const messages = new Set<string>();
  throwAll(junk, (frame) => {
    const decoded = codec.decode(frame);
    const complaint = decoded.ok ? wrongCommand(decoded) : wrongRefusal(decoded);
    if (complaint !== null) throw new Error(complaint);
    if (!decoded.ok) messages.add(decoded.refusal.message);
    const outcome = decoded.ok ? (decoded.command?.type ?? 'none') : decoded.refusal.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  // The junk is worth something only if it gets past the door.
  for (const code of ['say', 'BAD_FRAME', 'BAD_FIELD', 'UNKNOWN_COMMAND']) {
    expect(outcomes.get(code) ?? 0, code).toBeGreaterThan(100);
  }
  // What is said does not depend on what came: a leak would make a sentence of its own each time.
  expect(messages.size).toBeLessThan(80);
}

function throwAll(junk: NearMisses, check: (frame: Buffer) => void): void {
  for (let index = 0; index < FRAMES; index += 1) {
    const frame = junk.frame();
    try {
      check(frame);
    } catch (cause) {
      const shown = `${JSON.stringify(frame.toString())} (hex ${frame.toString('hex')})`;
      throw new Error(`FUZZ_SEED=${SEED}, frame ${index}: ${shown}`, { cause });
    }
  }
}

function wrongRefusal({ refusal, ref }: Extract<Decoded, { ok: false }>): string | null {
  if (!isRefusalCode(refusal.code)) return 'a code that is in no table';
  if (refusal.message === '' || refusal.message.includes(MARK)) return refusal.message;
  return isRef(ref) ? null : 'a ref that cannot be echoed';
}

function wrongCommand(decoded: Extract<Decoded, { ok: true }>): string | null {
  const { command } = decoded;
  if (command === null) return 'no command';
  if (!isRef('ref' in decoded ? decoded.ref : undefined)) return 'a ref that cannot be echoed';
  const named = 'rooms' in command ? command.rooms : 'room' in command ? [command.room] : [];
  const rooms = named.filter((room) => room !== null);
  if (rooms.some((room) => !roomId.safeParse(room).success)) return 'a room id that is none';
  if (new Set(rooms).size !== rooms.length) return 'a room twice';
  const accounts = 'to' in command ? [command.to] : 'user' in command ? [command.user] : [];
  if (accounts.some((id) => !accountId.safeParse(id).success)) return 'an account id that is none';
  return null;
}

function isRef(ref: unknown): boolean {
  if (ref === undefined) return true;
  return typeof ref === 'string' ? codePointLength(ref) <= 64 : Number.isFinite(ref);
}

/** Why a frame should not have been read, or should have been read otherwise; null if all is well. */
function falseAccept(frame: Buffer, { root, salvaged }: Extract<Parsed, { ok: true }>) {
  const ours = toPlain(root);
  if (!salvaged) {
    return isDeepStrictEqual(ours, readStrictly(frame.toString()))
      ? null
      : 'a strict parser differs';
  }
  // Only references, characters, the declaration's place and a missing end may have been repaired.
  const neutral = repairedByHand(frame);
  const whole = readStrictly(neutral) ?? readStrictly(`${neutral.slice(0, -1)}/>`);
  return whole !== null && shapeOf(whole) === shapeOf(ours) ? null : 'not what was to be repaired';
}

function falseRefusal(frame: Buffer, { refusal }: Extract<Parsed, { ok: false }>): string | null {
  if (refusal.message !== CAUSES.malformed) return null;
  const text = frame.toString();
  // On purpose, names beyond the basic plane are not read, nor those with what the parser takes for a blank.
  if (/[\u1680\ufeff\u{10000}-\u{10ffff}]/u.test(text)) return null;
  return readStrictly(text) === null ? null : 'a strict parser reads it';
}

function repairedByHand(frame: Buffer): string {
  const text = canonicalText(frame.toString())
    .replace(/^\ufeff/, '')
    .replaceAll('&', '+');
  return text.replace(/^[ \t\n]*(<\?xml[^>]*\?>)?[ \t\n]*/, '').replace(/[ \t\n]*$/, '');
}

function shapeOf({ name, attributes, children }: PlainElement): string {
  return `<${name} ${Object.keys(attributes).join(' ')}>${children.map(shapeOf).join('')}</>`;
}

function framesOf(path: string): string[] {
  const vectors = loadVectors<{ frame?: string }>(path);
  return vectors
    .map(({ frame = '' }) => frame)
    .filter((frame) => frame !== '' && frame.length < 500);
}

function marked(sample: string): string {
  return sample.replaceAll('Hello', MARK).replaceAll('ann', MARK).replaceAll('"a"', `"${MARK}"`);
}

const UNCLOSED = ['room', 'login'] as const;
