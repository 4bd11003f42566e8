import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/codecs/registry.ts';
import { canonicalText } from '../../../src/domain/text.ts';
import { OPTIONS } from './samples.ts';
import { anyText } from './texts.ts';
import { loadVectors } from './vectors.ts';

interface Vector {
  readonly dialect: string;
  readonly frame: string;
  readonly said?: string;
  readonly salvaged?: boolean;
  readonly refusal?: string;
}

interface Said {
  readonly text: string;
  readonly salvaged: boolean | undefined;
}

const PASTED = [
  ['compact', '<msg from_id="6" room_id="1">', '</msg>'],
  ['verbose', '<msg from_id="6" room_id="1">', '</msg>'],
  ['palabre', '<m r="Lobby" b="1">', '</m>'],
] as const;
const RUNS = { numRuns: 2000 };
// A machine that does much else at the same time is slow.
const SLOW = { timeout: 60_000 };

describe('what old clients send that is no XML', () => {
  it.each(loadVectors<Vector>('salvage/said.json'))('$name', (vector) => {
    const { dialect, frame, said, salvaged, refusal } = vector;
    const outcome = read(dialect, frame);
    expect(outcome).toEqual(refusal === undefined ? { text: said, salvaged } : refusal);
  });
});

describe.each(PASTED)('words pasted between two tags of %s', (dialect, start, end) => {
  it('are read, whatever they are, and are one text', SLOW, () => {
    fc.assert(
      fc.property(anyText, (words) => {
        expect(read(dialect, start + words + end)).toMatchObject({ text: expect.any(String) });
      }),
      RUNS,
    );
  });

  it('are read letter for letter where a strict parser could not read them', SLOW, () => {
    fc.assert(
      fc.property(anyText, (words) => {
        // Not well-formed, whatever else is in it.
        const text = `${words}<`;
        const wanted = canonicalText(text);
        expect(read(dialect, start + text + end)).toEqual({ text: wanted, salvaged: true });
      }),
      RUNS,
    );
  });

  it('say nothing about where they go: attributes come from the first tag only', () => {
    const inside = `${end}${start.replace('1', '2').replace('Lobby', 'Attic')}x`;
    const codec = codecOf(dialect);
    const decoded = codec.decode(Buffer.from(start + inside + end));
    expect(decoded).toMatchObject({ command: { type: 'say', rooms: ['1'], text: inside } });
  });
});

describe('a name and a password of smartfox1, which its clients do not escape', () => {
  it('are read as they are, whatever is in the name', SLOW, () => {
    fc.assert(
      fc.property(anyText, (words) => {
        // A CDATA section that begins in the name is well-formed, and read as XML says.
        fc.pre(!words.includes('<![CDATA['));
        const nick = canonicalText(words);
        const frame = `${LOGIN}${nick}${MIDDLE}secret${END}`;
        expect(codecOf('smartfox1').decode(Buffer.from(frame))).toMatchObject({
          command: { credentials: { kind: 'password', user: nick, password: 'secret' } },
        });
      }),
      RUNS,
    );
  });
});

function read(dialect: string, frame: string): Said | string {
  const decoded = codecOf(dialect).decode(Buffer.from(frame));
  if (!decoded.ok) return decoded.refusal.code;
  if (decoded.command === null || decoded.command.type !== 'say') return 'nothing was said';
  return { text: decoded.command.text, salvaged: decoded.salvaged };
}

function codecOf(name: string) {
  const dialect = DIALECTS.find((one) => one.name === name);
  if (dialect === undefined) throw new Error(`there is no dialect ${name}`);
  return dialect.create(OPTIONS);
}

const LOGIN = "<msg t='sys'><body action='login' r='0'><login z='chat'><nick><![CDATA[";
const MIDDLE = ']]></nick><pword><![CDATA[';
const END = ']]></pword></login></body></msg>';
