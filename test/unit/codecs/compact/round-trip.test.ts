import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCompactCodec } from '../../../../src/codecs/compact/codec.ts';
import { createJsonCodec } from '../../../../src/codecs/json/codec.ts';
import { element } from '../../../../src/codecs/xml/build.ts';
import { canonicalText } from '../../../../src/domain/text.ts';
import { ENOBREV, messageOf, OPTIONS, READER, VIEW, whisperOf } from '../samples.ts';
import { anyAccountId, anyName, anyRoomId, anyText } from '../texts.ts';
import { readStrictly } from '../xml/strict-xml.ts';

const compact = createCompactCodec(OPTIONS);
const json = createJsonCodec(OPTIONS);
const RUNS = { numRuns: 2000 };

describe('any text and any name', { timeout: 60_000 }, () => {
  it('a strict parser reads the text that was posted', () => {
    fc.assert(
      fc.property(anyText, anyAccountId, (text, id) => {
        const xml = onlyFrame(compact.encodeEvent(messageOf(text, { ...ENOBREV, id }), VIEW));
        const attributes = { from_id: id };
        const read = { name: 'msg', attributes, text: canonicalText(text), children: [] };
        expect(readStrictly(xml)).toEqual(read);
      }),
      RUNS,
    );
  });

  it('a strict parser reads the text that was whispered', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const xml = onlyFrame(compact.encodeWhisper(whisperOf(text), READER));
        expect(readStrictly(xml)?.text).toBe(canonicalText(text));
      }),
      RUNS,
    );
  });

  it('a strict parser reads the names in a list, whole and in order', () => {
    const anyMember = fc.record({ id: anyAccountId, name: anyName });
    fc.assert(
      fc.property(anyRoomId, fc.array(anyMember, { maxLength: 8 }), (room, members) => {
        const xml = onlyFrame(compact.encodeReply({ type: 'members', room, members }));
        const children = members.map(({ id, name }) => ({
          ...{ name: 'user', attributes: { id }, text: name, children: [] },
        }));
        const attributes = { room_id: room };
        expect(readStrictly(xml)).toEqual({ name: 'users', attributes, text: '', children });
      }),
      { numRuns: 500 },
    );
  });

  it('the reason of a refused login stays one attribute', () => {
    fc.assert(
      fc.property(anyText, (message) => {
        const refusal = { code: 'LOGIN_FAILED', message } as const;
        const xml = onlyFrame(compact.encodeReply({ type: 'error', refusal, during: 'login' }));
        const attributes = { ok: '0', error: canonicalText(message) };
        expect(readStrictly(xml)).toEqual({ name: 'login', attributes, text: '', children: [] });
      }),
      RUNS,
    );
  });

  it('a canonical text is written as the text that becomes it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const canonical = messageOf(canonicalText(text));
        expect(compact.encodeEvent(canonical, VIEW)).toEqual(
          compact.encodeEvent(messageOf(text), VIEW),
        );
      }),
      RUNS,
    );
  });
});

describe('what we write and read again is the same', { timeout: 60_000 }, () => {
  it('say and whisper', () => {
    fc.assert(
      fc.property(anyText, anyRoomId, anyAccountId, (text, room, to) => {
        const said = element('msg', { from_id: '6', room_id: room }, text).xml;
        const whispered = element('msg', { from_id: '6', to_id: to }, text).xml;
        const canonical = canonicalText(text);
        expect(compact.decode(Buffer.from(said))).toEqual({
          ...{ ok: true, claimedId: '6', salvaged: false },
          command: { type: 'say', rooms: [room], text: canonical },
        });
        expect(compact.decode(Buffer.from(whispered))).toMatchObject({
          command: { type: 'whisper', to, text: canonical },
        });
      }),
      RUNS,
    );
  });

  it('login', () => {
    fc.assert(
      fc.property(anyText, anyText, (u, p) => {
        const user = canonicalText(u);
        const password = canonicalText(p);
        expect(compact.decode(Buffer.from(element('login', { u, p }).xml))).toMatchObject({
          command: { type: 'login', credentials: { kind: 'password', user, password } },
        });
      }),
      RUNS,
    );
  });

  it('from a web client over XML and back to a web client', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const said = json.decode(Buffer.from(JSON.stringify({ type: 'say', room: '1', text })));
        const heard = said.ok && said.command?.type === 'say' ? said.command.text : null;
        const xml = onlyFrame(compact.encodeEvent(messageOf(heard ?? ''), VIEW));
        const again = compact.decode(Buffer.from(xml));
        const read = again.ok && again.command?.type === 'say' ? again.command.text : null;
        const [frame] = json.encodeEvent(messageOf(read ?? ''), VIEW);
        expect(JSON.parse(String(frame)).text).toBe(canonicalText(text));
      }),
      RUNS,
    );
  });
});

// The frame without its NUL, which is the only one in it.
function onlyFrame(frames: readonly Buffer[]): string {
  const [frame = Buffer.alloc(0), ...others] = frames;
  expect(others).toEqual([]);
  expect(frame.indexOf(0)).toBe(frame.length - 1);
  return frame.subarray(0, -1).toString();
}
