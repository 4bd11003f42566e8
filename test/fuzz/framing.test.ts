import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../src/transports/frame-splitter.ts';
import { matchPolicyRequest } from '../../src/transports/policy-file.ts';
import { faceOf } from '../../src/transports/sniff.ts';
import { seededRandom } from '../support/random.ts';

const CHUNKS = 200_000;
const SEED = 843;
const PIECES = [
  ...['<policy-file-request/>\0', '<policy-file-request', '<cross-domain-request />\0', '/>', '\0'],
  ...['<', '<ping />\0', 'GET / HTTP/1.1\r\n', 'GE', ' ', '\n', '\0\0\0', 'é😀', '\u00ff'],
];

describe('framing', () => {
  it(`splits ${CHUNKS} random chunks as one who reads them all at once`, () => {
    const random = seededRandom(SEED);
    for (let seen = 0; seen < CHUNKS; ) {
      const chunks = randomChunks(random);
      seen += chunks.length;
      const frameMaxBytes = 1 + below(random, 40);
      const splitter = new FrameSplitter(frameMaxBytes);
      const frames: string[] = [];
      const fits = chunks.map((chunk) =>
        splitter.push(chunk, (frame) => frames.push(frame.toString('latin1'))),
      );
      const expected = readAtOnce(Buffer.concat(chunks).toString('latin1'), frameMaxBytes);
      if (JSON.stringify(frames) !== JSON.stringify(expected.frames)) {
        expect({ chunks, frameMaxBytes, frames }).toEqual({ ...expected, chunks, frameMaxBytes });
      }
      expect(fits.at(-1)).toBe(!expected.tooLong);
    }
  });

  it(`never tells ${CHUNKS} random beginnings to be two different things`, () => {
    const random = seededRandom(SEED + 1);
    const told = { policy: 0, http: 0, xml: 0 };
    for (let seen = 0; seen < CHUNKS; ) {
      const bytes = Buffer.concat(randomChunks(random));
      let first: string | null = null;
      for (let length = 1; length <= Math.min(bytes.length, 80); length += 1) {
        seen += 1;
        const beginning = bytes.subarray(0, length);
        const face = faceOf(beginning);
        const isRequest = isPolicyRequest(beginning.toString('latin1'));
        if ((matchPolicyRequest(beginning) === 'yes') !== isRequest) {
          expect.unreachable(`a policy request or not: ${beginning.toString('hex')}`);
        }
        if (first !== null && face !== first) {
          expect.unreachable(`${first}, then ${face}: ${beginning.toString('hex')}`);
        }
        first = face;
      }
      if (first === 'policy' || first === 'http' || first === 'xml') told[first] += 1;
    }
    expect(Math.min(...Object.values(told))).toBeGreaterThan(100);
  });
});

// What the splitter does, from the whole text and without its cleverness.
function readAtOnce(text: string, frameMaxBytes: number) {
  const all = text.split('\0');
  const long = all.findIndex((frame) => frame.length > frameMaxBytes);
  return { frames: all.slice(0, long === -1 ? -1 : long), tooLong: long !== -1 };
}

// What the recogniser does, without regular expressions.
function isPolicyRequest(text: string): boolean {
  const [frame, rest] = [text.split('\0')[0] ?? '', text.includes('\0')];
  if (!rest || frame.length > 64 || !frame.endsWith('/>')) return false;
  let name = frame.slice(1, -2);
  while (' \t\r\n'.includes(name.at(-1) ?? 'x')) name = name.slice(0, -1);
  return frame.startsWith('<') && ['policy-file-request', 'cross-domain-request'].includes(name);
}

function randomChunks(random: () => number): Buffer[] {
  const bytes = Buffer.concat(Array.from({ length: below(random, 8) }, () => piece(random)));
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const length = random() < 0.5 ? 1 : below(random, 16);
    chunks.push(bytes.subarray(from, from + length));
    from += length;
  }
  return chunks.length === 0 ? [Buffer.alloc(0)] : chunks;
}

function piece(random: () => number): Buffer {
  if (random() < 0.7) return Buffer.from(PIECES[below(random, PIECES.length)] ?? '');
  return Buffer.from(Array.from({ length: below(random, 12) }, () => below(random, 256)));
}

function below(random: () => number, limit: number): number {
  return Math.floor(random() * limit);
}
