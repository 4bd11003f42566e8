import type { Child } from './child.ts';
import type { Endpoint } from './client.ts';

/** What is examined. */
export interface System {
  readonly natsUrl: string;
  /** Where the relays are now. */
  endpoints(): readonly Endpoint[];
  /** Where metrics of each relay are; none when that is not known. */
  admins(): readonly Endpoint[];
  /** What may be made to suffer: nothing of a system that others started. */
  readonly children: Readonly<Record<'relay' | 'core' | 'nats', readonly Child[]>>;
  stop(): Promise<void>;
}

/** A system that runs already. */
export function foreignSystem(natsUrl: string, endpoints: readonly Endpoint[]): System {
  return {
    natsUrl,
    endpoints: () => endpoints,
    admins: () => [],
    children: { relay: [], core: [], nats: [] },
    stop: async () => undefined,
  };
}
