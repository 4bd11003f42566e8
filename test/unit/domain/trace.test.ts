import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { continueTrace, startTrace, traceOf, traceparentOf } from '../../../src/domain/trace.ts';

const EXAMPLE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a traceparent', () => {
  it('is read and written as the example of the recommendation', () => {
    const trace = traceOf(EXAMPLE);
    expect(trace).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      sampled: true,
    });
    expect(trace === null ? '' : traceparentOf(trace)).toBe(EXAMPLE);
    expect(traceOf(EXAMPLE.replace(/1$/, '0'))).toMatchObject({ sampled: false });
  });

  it.each([
    ['nothing', ''],
    ['capitals', EXAMPLE.toUpperCase()],
    ['zeros for the trace', EXAMPLE.replace(/4bf9\w+/, '0'.repeat(32))],
    ['zeros for the span', EXAMPLE.replace('00f067aa0ba902b7', '0'.repeat(16))],
    ['the version that cannot be', EXAMPLE.replace(/^00/, 'ff')],
    ['more than version 00 has', `${EXAMPLE}-x`],
    ['a line break', `${EXAMPLE}\r\nx`],
  ])('is not %s', (_what, text) => {
    expect(traceOf(text)).toBeNull();
  });

  it('of a later version is read as far as it is known', () => {
    expect(traceOf(`${EXAMPLE.replace(/^00/, '01')}-more`)).toMatchObject({ sampled: true });
  });

  it('goes on in its trace with a step of its own', () => {
    const first = startTrace(randomUUID);
    const second = continueTrace(first, randomUUID);
    expect(traceOf(traceparentOf(first))).toEqual(first);
    expect(second.traceId).toBe(first.traceId);
    expect(second.spanId).not.toBe(first.spanId);
    expect(traceOf(traceparentOf(second))).toEqual(second);
  });
});
