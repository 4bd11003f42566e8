import { z } from 'zod';

const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.int() }),
    }),
  ),
  /** Microseconds of the machine's monotonic clock. */
  startTime: z.number(),
  samples: z.array(z.int()),
  /** Microseconds from one sample to the next. */
  timeDeltas: z.array(z.int()),
});
export type CpuProfile = z.infer<typeof cpuProfile>;

/** Reads what `--cpu-prof` writes; throws when it is something else. */
export function readProfile(content: unknown): CpuProfile {
  return cpuProfile.parse(content);
}

/**
 * Self time in milliseconds by function and by file, of the samples taken between two moments in
 * microseconds of the monotonic clock; `total` is all but idleness.
 */
export function costsOf(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  [from, to]: readonly [number, number],
): {
  readonly functions: ReadonlyMap<string, number>;
  readonly files: ReadonlyMap<string, number>;
  readonly total: number;
} {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [functions, files] = [new Map<string, number>(), new Map<string, number>()];
  let total = 0;
  let at = startTime;
  for (const [index, sample] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    if (at < from || at > to) continue;
    const frame = frames.get(sample);
    // A sample stands for the time until the next one.
    const ms = (timeDeltas[index + 1] ?? 0) / 1000;
    if (frame === undefined || IDLE.has(frame.functionName)) continue;
    total += ms;
    const { functionName, url, lineNumber } = frame;
    const file = shortened(url);
    const place = file === '' ? '' : ` ${file}:${lineNumber + 1}`;
    add(functions, `${functionName || '(anonymous)'}${place}`, ms);
    add(files, file === '' ? functionName : file, ms);
  }
  return { functions, files, total };
}

function add(costs: Map<string, number>, name: string, ms: number): void {
  costs.set(name, (costs.get(name) ?? 0) + ms);
}

function shortened(url: string): string {
  return url.replace(/^.*\/(dist|node_modules)\//, (_, kind) => (kind === 'dist' ? 'dist/' : ''));
}

const IDLE: ReadonlySet<string> = new Set(['(idle)', '(root)']);
