import { createCompactCodec } from './compact/codec.ts';
import type { Dialect } from './dialect.ts';

const COMPACT: Dialect = {
  name: 'compact',
  recognises: () => true,
  create: createCompactCodec,
};

/** The dialects of the XML wire. The first that recognises a frame has it; the last takes any. */
export const DIALECTS: readonly Dialect[] = [COMPACT];

/** The dialect of a connection that begins with this frame, or that has said nothing yet (null). */
export function recognise(firstFrame: Buffer | null): Dialect {
  if (firstFrame === null) return COMPACT;
  return DIALECTS.find((dialect) => dialect.recognises(firstFrame)) ?? COMPACT;
}
