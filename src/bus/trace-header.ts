import { type MsgHdrs, headers as newHeaders } from 'nats';
import { type Trace, traceOf, traceparentOf } from '../domain/trace.ts';

/** Headers of a message that belongs to a trace. */
export function traceHeaders(trace: Trace): MsgHdrs {
  const headers = newHeaders();
  addTrace(headers, trace);
  return headers;
}

export function addTrace(headers: MsgHdrs, trace: Trace): void {
  headers.set(TRACE_HEADER, traceparentOf(trace));
}

/** The trace that a message belongs to, or null. */
export function traceIn(headers: MsgHdrs | undefined): Trace | null {
  return headers === undefined ? null : traceOf(headers.get(TRACE_HEADER));
}

const TRACE_HEADER = 'traceparent';
