import type { Codec } from '../codecs/codec.ts';
import { REFUSALS, type Refusal, type RefusalCode } from '../domain/refusals.ts';

/**
 * How a refusal is said that answers no command in particular. With the sentence of the table it is
 * encoded once: a flood gets very many of them.
 */
export function refusalFrames(codec: Codec, refused: Refusal): readonly Buffer[] {
  const encode = () => codec.encodeReply({ type: 'error', refusal: refused, during: null });
  if (refused.message !== REFUSALS[refused.code].message) return encode();
  const said = SAID.get(codec) ?? new Map<RefusalCode, readonly Buffer[]>();
  SAID.set(codec, said);
  const frames = said.get(refused.code) ?? encode();
  said.set(refused.code, frames);
  return frames;
}

const SAID = new WeakMap<Codec, Map<RefusalCode, readonly Buffer[]>>();
