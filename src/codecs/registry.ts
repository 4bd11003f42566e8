import { COMPACT } from './compact/codec.ts';
import type { Dialect } from './dialect.ts';
import { PALABRE } from './palabre/codec.ts';
import { SMARTFOX1 } from './smartfox1/codec.ts';
import { VERBOSE } from './verbose/codec.ts';

/** The dialects of the XML wire. The first that recognises a frame has it; the last takes any. */
export const DIALECTS: readonly Dialect[] = [VERBOSE, PALABRE, SMARTFOX1, COMPACT];

/**
 * The dialect of a connection: the one configured, or with `auto` the one that its first frame is in.
 * Null stands for a connection that has said nothing yet.
 */
export function dialectOf(configured: string, firstFrame: Buffer | null): Dialect {
  const fixed = DIALECTS.find(({ name }) => name === configured);
  if (fixed !== undefined) return fixed;
  if (firstFrame === null) return COMPACT;
  return DIALECTS.find((dialect) => dialect.recognises(firstFrame)) ?? COMPACT;
}
