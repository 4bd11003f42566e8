import { describe, expect, it } from 'vitest';
import { healedAfter, type Inflicted } from '../../../src/torture/healing.ts';
import { Journal } from '../../../src/torture/journal.ts';

/** A client that said one thing at each of these times and hears everything 10 ms later. */
function journals(...times: number[]): Journal[] {
  const [speaker, listener] = [new Journal(), new Journal()];
  for (const [index, sentMs] of times.entries()) {
    const mark = `c0-${index}`;
    speaker.sent({ room: '1', mark, text: `${mark} hello`, sentMs });
    for (const journal of [speaker, listener]) {
      journal.room('1').hear({ atMs: sentMs + 10, seq: null, mark, text: `${mark} hello` });
    }
  }
  return [speaker, listener];
}

const fault = (kind: Inflicted['kind'], target = 0): Inflicted => ({
  ...{ kind, target, startMs: 100, endMs: 150 },
});

describe('the time to heal', () => {
  it('is over when everybody heard something that was said since', () => {
    expect(healedAfter(fault('kill-core'), journals(95, 400))).toBe(310);
  });

  it('is not known when nothing was said any more', () => {
    expect(healedAfter(fault('kill-core'), journals(95))).toBeNull();
  });

  it('is that of the one whose connection was cut', () => {
    const [speaker = new Journal(), listener = new Journal()] = journals(200);
    listener.room('1').received.splice(0);
    expect(healedAfter(fault('cut', 0), [speaker, listener])).toBe(110);
    expect(healedAfter(fault('cut', 1), [speaker, listener])).toBeNull();
  });
});
