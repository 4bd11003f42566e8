/**
 * Where in a trace something happens, as W3C Trace Context has it
 * (https://www.w3.org/TR/trace-context/): the header `traceparent`.
 */
export interface Trace {
  /** 32 hexadecimal digits in lower case, not all zero. */
  readonly traceId: string;
  /** Of the step that this came from: 16 of them. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Begins a trace. `newId` gives UUIDs. */
export function startTrace(newId: () => string): Trace {
  return { traceId: digitsOf(newId()), spanId: spanIdOf(newId()), sampled: true };
}

/** The next step of a trace. */
export function continueTrace(trace: Trace, newId: () => string): Trace {
  return { ...trace, spanId: spanIdOf(newId()) };
}

export function traceparentOf({ traceId, spanId, sampled }: Trace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** Reads a `traceparent`, also of a later version; null for what is none. */
export function traceOf(traceparent: string): Trace | null {
  const [, version, traceId = '', spanId = '', flags = '', rest = ''] =
    TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff') return null;
  if (version === '00' && rest !== '') return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

const TRACEPARENT =
  /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]{0,128})?$/;

function digitsOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

// The digits of a UUID that are random in full.
function spanIdOf(uuid: string): string {
  return digitsOf(uuid).slice(-16);
}
