import type { Endpoint } from '../torture/client.ts';
import { FAULT_KINDS, type FaultKind, parseFaults } from '../torture/faults.ts';
import type { PlanOptions } from '../torture/plan.ts';
import { COMMON_OPTIONS, parsing, UsageError } from './command.ts';
import { parseCount } from './values.ts';

const OPTIONS = {
  ...COMMON_OPTIONS,
  url: { type: 'string' },
  nats: { type: 'string' },
  faults: { type: 'string' },
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '1' },
  messages: { type: 'string', default: '2000' },
  clients: { type: 'string', default: '8' },
  rooms: { type: 'string', default: '2' },
  duration: { type: 'string', default: '60' },
  relays: { type: 'string' },
  cores: { type: 'string', default: '2' },
  keep: { type: 'string' },
  stalled: { type: 'string' },
} as const;

export interface TortureOptions {
  readonly config: string | undefined;
  readonly json: boolean;
  /** The relays of a system that runs; null: one is started. */
  readonly url: readonly Endpoint[] | null;
  readonly nats: string | undefined;
  readonly keep: string | null;
  readonly seeds: readonly number[];
  /** Of one seed. */
  readonly plan: PlanOptions;
  /** How many clients stop reading, beside those of the plan; null: another kind of run. */
  readonly stalled: number | null;
}

/** Reads the options of `torture`; throws `UsageError`. */
export function readTortureOptions(args: string[]): TortureOptions {
  const { values } = parsing((parse) => parse({ args, options: OPTIONS, allowPositionals: true }), {
    min: 0,
    max: 0,
  });
  const stalled = parseCount(values.stalled, '--stalled');
  if (stalled !== null && (values.url ?? values.faults) !== undefined) {
    throw new UsageError('--stalled measures a system of its own, without faults');
  }
  // Who stops reading is to share a relay with the others.
  const relays = parseCount(values.relays, '--relays') ?? (stalled === null ? 2 : 1);
  const count = (option: 'seeds' | 'messages' | 'clients' | 'rooms' | 'duration' | 'cores') =>
    parseCount(values[option], `--${option}`) ?? 1;
  const first = parseCount(values.seed, '--seed') ?? 1;
  const seeds = Array.from({ length: count('seeds') }, (_, index) => first + index);
  const url = values.url === undefined ? null : values.url.split(',').map(readEndpoint);
  if (count('clients') < 2) throw new UsageError('--clients must be at least 2: one for each wire');
  return {
    ...{ config: values.config, json: values.json, url, nats: values.nats, seeds },
    ...{ keep: values.keep ?? null, stalled },
    plan: {
      ...{ clients: count('clients'), rooms: stalled === null ? count('rooms') : 1 },
      messages: Math.ceil(count('messages') / seeds.length),
      durationMs: count('duration') * 1000,
      faults: readFaults(values.faults, url !== null),
      ...{ relays: url?.length ?? relays, cores: count('cores') },
    },
  };
}

// What others started is not killed here.
function readFaults(text: string | undefined, isForeign: boolean): readonly FaultKind[] {
  const faults = parseFaults(text ?? (isForeign ? 'cut' : 'all'));
  if (faults === null) {
    throw new UsageError(`--faults must be all, none, or a list of ${FAULT_KINDS.join(', ')}`);
  }
  const others = faults.filter((kind) => kind !== 'cut');
  if (!isForeign || others.length === 0) return faults;
  throw new UsageError('with --url only connections can be cut: --faults cut or none');
}

function readEndpoint(text: string): Endpoint {
  const match = /^(?:(?:ws|http|tcp):\/\/)?(\[[0-9a-fA-F:]+\]|[^\s:/]+):(\d{1,5})\/?$/.exec(
    text.trim(),
  );
  const [, host, port] = match ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new UsageError('--url must be HOST:PORT of a relay, several separated by commas');
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
