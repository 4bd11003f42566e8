import { describe, expect, it } from 'vitest';
import {
  endTable,
  faultSummaries,
  jsonLines,
  seedTable,
  totals,
  verdictLine,
} from '../../../src/torture/report.ts';
import type { ClientResult, SeedResult } from '../../../src/torture/run-seed.ts';

const client = (name: string, wire: ClientResult['wire']): ClientResult => ({
  ...{ name, wire, sent: 12, acknowledged: 10, received: 20, missing: 0, doubled: 0 },
  ...{ outOfOrder: 0, inFlight: 0, again: 0, connections: 2, problems: [] },
});

const whole: SeedResult = {
  ...{ seed: 3, says: 20, problems: [], clients: [client('c0', 'xml'), client('c1', 'web')] },
  faults: [
    { kind: 'kill-core', target: 0, startMs: 100, endMs: 300, healedMs: 250 },
    { kind: 'kill-core', target: 1, startMs: 400, endMs: 450, healedMs: null },
  ],
};

const broken: SeedResult = {
  ...whole,
  clients: [{ ...client('c0', 'xml'), missing: 1 }, client('c1', 'web')],
  problems: [{ kind: 'missing', client: 'c0', room: '1', seq: 7, mark: 'c1-3' }],
};

describe('the report', () => {
  it('sums up over clients and seeds', () => {
    expect(totals([whole, broken])).toMatchObject({ acknowledged: 40, missing: 1, problems: 1 });
    expect(totals([whole], 'xml')).toMatchObject({ acknowledged: 10 });
  });

  it('sums up the faults of a kind', () => {
    expect(faultSummaries([whole])).toEqual([
      { kind: 'kill-core', count: 2, lastedMs: 50, healedMedianMs: 250, healedMaxMs: 250 },
    ]);
  });

  it('names what is wrong, and where', () => {
    expect(seedTable(broken)).toContain('missing: client c0, room 1, sequence 7, c1-3\n');
    expect(verdictLine([whole, broken])).toBe(
      'FAILED: 40 acknowledged, 1 missing, 0 doubled, 0 out of order (1 missing)\n',
    );
    expect(verdictLine([whole])).toBe(
      'passed: 20 acknowledged, 0 missing, 0 doubled, 0 out of order\n',
    );
  });

  it('has a line of JSON for every fault, client, problem and seed', () => {
    const types = jsonLines(broken)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(['fault', 'fault', 'client', 'client', 'problem', 'seed']);
  });

  it('is a table', () => {
    expect(endTable([whole])).toMatch(/^fault +times .*\nkill-core +2 +50 +250 +250\n/);
  });
});
