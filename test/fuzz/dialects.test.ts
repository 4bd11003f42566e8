import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../src/codecs/codec.ts';
import type { Dialect } from '../../src/codecs/dialect.ts';
import { PALABRE } from '../../src/codecs/palabre/codec.ts';
import { SMARTFOX1 } from '../../src/codecs/smartfox1/codec.ts';
import { VERBOSE } from '../../src/codecs/verbose/codec.ts';
import { accountId, roomId } from '../../src/domain/ids.ts';
import { isRefusalCode } from '../../src/domain/refusals.ts';
import { XML_SAMPLES, XML_TOKENS } from '../support/junk.ts';
import { seededRandom } from '../support/random.ts';
import { everyReply, OPTIONS } from '../unit/codecs/samples.ts';
import { loadVectors } from '../unit/codecs/vectors.ts';
import { NearMisses } from './near-misses.ts';

const FRAMES = 200_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_040_318);
// A word that no sentence of ours has: a refusal that holds it repeats what the peer sent.
const MARK = 'zqxj';

const TOKENS: Readonly<Record<string, readonly string[]>> = {
  verbose: ['<login', ' username="', ' password="', '%41', '%', '%E9', '%u0041'],
  palabre: ['<m', '<m r="Lobby" b="1">', '<msg', ' c="', ' r="', ' b="1"', '</m>', '<join', '<b>'],
  smartfox1: [
    ...["<msg t='sys'>", "<body action='", 'pubMsg', 'joinRoom', 'login', "' r='1'>", '<txt>'],
    ...['</txt>', '</body></msg>', '<room id="', ' pwd="', "'", '%xt%', '{"t":"xt"}'],
  ],
};

describe(`${FRAMES} frames of junk, seed ${SEED}`, () => {
  it.each([VERBOSE, PALABRE, SMARTFOX1])('$name: a command, an answer or a refusal', (dialect) => {
    const codec = dialect.create({ ...OPTIONS, verbosePercent: true });
    // Names and numbers that junk may hit.
    for (const reply of everyReply('text', 'ann')) codec.encodeReply(reply);
    const junk = junkFor(dialect);
    const outcomes = new Map<string, number>();
    const messages = new Set<string>();
    for (let index = 0; index < FRAMES; index += 1) {
      const frame = junk.frame();
      const decoded = decode(() => codec.decode(frame), frame, index);
      if (!decoded.ok) messages.add(decoded.refusal.message);
      const outcome = decoded.ok ? (decoded.command?.type ?? 'answer') : decoded.refusal.code;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The junk is worth something only if it gets past the door.
    for (const outcome of ['say', 'login', 'enter', 'BAD_FRAME', 'BAD_FIELD', 'UNKNOWN_COMMAND']) {
      expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(50);
    }
    // What is said does not depend on what came: a leak would make a sentence of its own each time.
    expect(messages.size).toBeLessThan(60);
  });
});

function junkFor({ name }: Dialect): NearMisses {
  const vectors = loadVectors<{ frame?: string }>(`${name}/decode.json`);
  const salvage = loadVectors<{ frame?: string; dialect: string }>('salvage/said.json').filter(
    ({ dialect }) => dialect === name,
  );
  const frames = [...vectors, ...salvage].flatMap(({ frame }) =>
    frame === undefined ? [] : [frame],
  );
  const samples = [...XML_SAMPLES, ...frames, ...frames.map(marked)];
  const tokens = [...XML_TOKENS, ...(TOKENS[name] ?? []), MARK, `<${MARK}/>`, ` ${MARK}="1"`];
  return new NearMisses(seededRandom(SEED), samples, tokens);
}

// The word wherever a client puts something of its own.
function marked(frame: string): string {
  return frame.replace(/(["'])([^"'<>]{0,40})\1/g, `$1$2${MARK}$1`);
}

function decode(read: () => Decoded, frame: Buffer, index: number): Decoded {
  const shown = `FUZZ_SEED=${SEED}, frame ${index}: hex ${frame.toString('hex')}`;
  try {
    const decoded = read();
    const complaint = decoded.ok ? wrongCommand(decoded) : wrongRefusal(decoded);
    if (complaint !== null) throw new Error(complaint);
    return decoded;
  } catch (cause) {
    throw new Error(shown, { cause });
  }
}

function wrongRefusal({ refusal, during }: Extract<Decoded, { ok: false }>): string | null {
  if (!isRefusalCode(refusal.code)) return 'a code that is in no table';
  if (refusal.message === '' || refusal.message.includes(MARK)) return refusal.message;
  return during === undefined || WAITED_FOR.includes(during) ? null : 'nobody waits for that';
}

function wrongCommand(decoded: Extract<Decoded, { ok: true }>): string | null {
  const { command } = decoded;
  if (command === null) {
    const answers = 'answer' in decoded ? decoded.answer : [];
    return answers.some((frame) => frame.includes(MARK)) ? 'an answer that repeats' : null;
  }
  const named = 'rooms' in command ? command.rooms : 'room' in command ? [command.room] : [];
  const rooms = named.filter((room) => room !== null);
  if (rooms.some((room) => !roomId.safeParse(room).success)) return 'a room id that is none';
  const accounts = 'to' in command ? [command.to] : [];
  if (accounts.some((id) => !accountId.safeParse(id).success)) return 'an account id that is none';
  return null;
}

const WAITED_FOR = ['login', 'enter', 'enter-by-name'];
