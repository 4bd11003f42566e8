import { ConfigError } from '../config/load.ts';
import type { Config } from '../config/schema.ts';

/** The NATS that a half on its own works with. Throws `ConfigError` when none is configured. */
export function requiredNatsUrl({ natsUrl }: Config): string {
  if (natsUrl !== null) return natsUrl;
  throw new ConfigError('natsUrl (RELAY_NATS_URL) must be set: only `up` starts a NATS of its own');
}
