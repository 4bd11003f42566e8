import { describe, expect, it } from 'vitest';
import type { Codec, CrowdSum, Decoded } from '../../../src/codecs/codec.ts';
import type { DialectOptions } from '../../../src/codecs/dialect.ts';
import type { Command } from '../../../src/domain/commands.ts';
import type { Actor, Logged, WhisperEvent } from '../../../src/domain/events.ts';
import type { Reply } from '../../../src/domain/replies.ts';
import { OPTIONS } from './samples.ts';
import { loadVectors } from './vectors.ts';
import { readStrictly } from './xml/strict-xml.ts';

type Create = (options: DialectOptions) => Codec;

interface Setting {
  readonly options?: Partial<DialectOptions>;
  /** Replies that were written before: names and numbers are known from them. */
  readonly after?: readonly Reply[];
}

interface DecodeVector extends Setting {
  readonly frame?: string;
  readonly hex?: string;
  readonly command?: Command | null;
  readonly salvaged?: boolean;
  readonly answer?: readonly string[];
  readonly dropped?: boolean;
  readonly refusal?: string;
  readonly during?: string;
}

interface EncodeVector extends Setting {
  readonly reply?: Reply;
  readonly event?: Logged;
  readonly whisper?: Logged<WhisperEvent>;
  /** The event is one of too many comings and goings. */
  readonly inCrowd?: boolean;
  /** Those of the room 1, summed up. */
  readonly sum?: CrowdSum;
  /** Who is in the room after the event. */
  readonly members?: readonly Actor[];
  /** Who is told of the whisper; its addressee unless said. */
  readonly reader?: Actor;
  /** The room that both are in; none unless said. */
  readonly shared?: string;
  readonly frames: readonly string[];
}

/** Runs every vector of a folder: frames of a client, and what is written to it. */
export function proveVectors(folder: string, create: Create): void {
  describe(`${folder}: what a client sends`, () => {
    it.each(loadVectors<DecodeVector>(`${folder}/decode.json`))('$name', (vector) => {
      const codec = codecFor(vector, create);
      const { frame = '', hex } = vector;
      const bytes = hex === undefined ? Buffer.from(frame) : Buffer.from(hex, 'hex');
      expect(outcomeOf(codec.decode(bytes))).toEqual(expectedOf(vector));
    });
  });

  describe(`${folder}: what a client reads`, () => {
    it.each(loadVectors<EncodeVector>(`${folder}/encode.json`))('$name', (vector) => {
      const written = encode(codecFor(vector, create), vector).map(String);
      expect(written).toEqual(vector.frames.map((frame) => `${frame}\0`));
      for (const frame of vector.frames) expect(readStrictly(frame)).not.toBeNull();
    });
  });
}

function codecFor({ options, after = [] }: Setting, create: Create): Codec {
  const codec = create({ ...OPTIONS, ...options });
  for (const reply of after) codec.encodeReply(reply);
  return codec;
}

function expectedOf(vector: DecodeVector): object {
  const { command, salvaged, answer, dropped = false, refusal, during = null } = vector;
  if (refusal !== undefined) return { refusal, during };
  return command == null ? { answer: answer ?? [], dropped } : { command, salvaged };
}

function outcomeOf(decoded: Decoded): object {
  if (!decoded.ok) return { refusal: decoded.refusal.code, during: decoded.during ?? null };
  if (decoded.command !== null) return { command: decoded.command, salvaged: decoded.salvaged };
  const { answer, dropped = false } = decoded;
  return { answer: answer.map((frame) => frame.toString().replace(/\0$/, '')), dropped };
}

function encode(codec: Codec, vector: EncodeVector): readonly Buffer[] {
  const { reply, event, inCrowd, sum, whisper, reader, shared, members = [] } = vector;
  const words = inCrowd === true ? codec.crowds : codec;
  if (reply !== undefined) return codec.encodeReply(reply);
  const viewOf = (room: string) => ({
    ...{ room, name: 'Lobby 1' },
    members: new Map(members.map((member) => [member.id, member])),
  });
  if (event !== undefined) return words?.encodeEvent(event, viewOf(event.event.room)) ?? [];
  if (sum !== undefined) return codec.crowds?.encodeSum(sum, viewOf('1')) ?? [];
  if (whisper === undefined) throw new Error('a vector has a reply, an event or a whisper');
  const view = shared === undefined ? null : viewOf(shared);
  return codec.encodeWhisper(whisper, { actor: reader ?? whisper.event.to, view });
}
