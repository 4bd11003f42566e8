/** What is done to something: its connection is cut; its process gets SIGKILL, SIGTERM or SIGSTOP. */
type Deed = 'cut' | 'kill' | 'stop' | 'pause';
export type Victim = 'client' | 'relay' | 'core' | 'nats';

interface Fault {
  readonly deed: Deed;
  readonly to: Victim;
  /** How long the victim is away. */
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The faults there are. The longest are longer than what the system bridges without being noticed:
 * `core.silenceMs` for processes, `bus.commandTimeoutMs` for NATS.
 */
export const FAULTS = {
  cut: { deed: 'cut', to: 'client', minMs: 0, maxMs: 0 },
  'kill-relay': { deed: 'kill', to: 'relay', minMs: 100, maxMs: 3000 },
  'stop-relay': { deed: 'stop', to: 'relay', minMs: 100, maxMs: 3000 },
  'pause-relay': { deed: 'pause', to: 'relay', minMs: 500, maxMs: 7000 },
  'kill-core': { deed: 'kill', to: 'core', minMs: 100, maxMs: 6000 },
  'stop-core': { deed: 'stop', to: 'core', minMs: 100, maxMs: 3000 },
  'pause-core': { deed: 'pause', to: 'core', minMs: 500, maxMs: 7000 },
  'kill-nats': { deed: 'kill', to: 'nats', minMs: 100, maxMs: 6500 },
  'stop-nats': { deed: 'stop', to: 'nats', minMs: 100, maxMs: 3000 },
  'pause-nats': { deed: 'pause', to: 'nats', minMs: 500, maxMs: 6500 },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS).filter(isFaultKind);

/** Reads a list like `cut,kill-relay`, `all` or `none`; null when there is no such fault. */
export function parseFaults(text: string): FaultKind[] | null {
  if (text === 'all') return FAULT_KINDS;
  if (text === 'none') return [];
  const kinds = text.split(',').map((kind) => kind.trim());
  return kinds.every(isFaultKind) ? [...new Set(kinds)] : null;
}

function isFaultKind(kind: string): kind is FaultKind {
  return Object.hasOwn(FAULTS, kind);
}
