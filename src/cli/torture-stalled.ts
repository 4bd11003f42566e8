import type { Latency } from '../torture/latency.ts';
import { runStalled, type StalledResult } from '../torture/stalled.ts';
import { onProvisions, systemFor, type TortureWork } from './torture-system.ts';

/** Runs `torture --stalled`; resolves with the exit code. */
export async function measureStalled(stalled: number, work: TortureWork): Promise<number> {
  const { options, config, io, signal } = work;
  const system = await systemFor(options.seeds[0] ?? 1, work);
  try {
    const { messages, durationMs } = options.plan;
    const result = await onProvisions(system, work, (provisions) =>
      runStalled(
        { stalled, messages, durationMs },
        {
          ...{ system, provisions, signal },
          onRound: (round, kind, latency) =>
            io.complain(`round ${round}, ${kind}: ${latencyText(latency)}`),
        },
      ),
    );
    const limitBytes = stalled * config.limits.outboxMaxBytes;
    const passed = result.missing === 0 && result.heldMaxBytes <= limitBytes;
    await io.print(
      options.json
        ? `${JSON.stringify({ type: 'stalled', passed, limitBytes, ...result })}\n`
        : report(result, limitBytes, passed),
    );
    return passed ? 0 : 1;
  } finally {
    await system.stop();
  }
}

function report(result: StalledResult, limitBytes: number, passed: boolean): string {
  const { clients, stalled, quiet, whileStalled, missing, heldMaxBytes, cut } = result;
  const shift = (whileStalled.p99Ms - quiet.p99Ms).toFixed(1);
  return `${clients} clients that read, ${stalled} that stop reading; from the sender to the last of the others
everybody reads    ${latencyText(quiet)}
some do not        ${latencyText(whileStalled)}
p99 moved by ${shift} ms; at most ${heldMaxBytes} of ${limitBytes} bytes waited; cut ${cut} times
${passed ? 'passed' : 'FAILED'}: ${missing} missing
`;
}

function latencyText({ messages, p50Ms, p99Ms }: Latency): string {
  return `${messages} messages, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}
