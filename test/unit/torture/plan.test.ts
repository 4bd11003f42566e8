import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, parseFaults } from '../../../src/torture/faults.ts';
import { type PlanOptions, planRun, roomOfXmlClient, wireOf } from '../../../src/torture/plan.ts';

const OPTIONS: PlanOptions = {
  ...{ clients: 6, rooms: 2, messages: 500, durationMs: 120_000 },
  ...{ faults: FAULT_KINDS, relays: 2, cores: 3 },
};

describe('a plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planRun(7, OPTIONS)).toEqual(planRun(7, OPTIONS));
    expect(planRun(8, OPTIONS)).not.toEqual(planRun(7, OPTIONS));
  });

  it('has everything said, each by its mark, in the order of time', () => {
    const { says } = planRun(1, OPTIONS);
    const all = says.flat();
    expect(all).toHaveLength(500);
    expect(new Set(all.map(({ mark }) => mark)).size).toBe(500);
    for (const own of says) {
      const times = own.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((one, other) => one - other));
    }
  });

  it('lets a client on XML speak in its own room only', () => {
    const { says } = planRun(1, OPTIONS);
    for (const [client, own] of says.entries()) {
      if (wireOf(client) === 'web') continue;
      const rooms = new Set(own.map(({ room }) => room));
      expect([...rooms]).toEqual([roomOfXmlClient(client, OPTIONS.rooms)]);
    }
  });

  it('has every kind of fault, on victims that are there, early enough to heal', () => {
    const { faults } = planRun(1, OPTIONS);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    const counts = { cut: 6, relay: 2, core: 3, nats: 1 };
    for (const { kind, target, atMs } of faults) {
      const [, victim] = /(cut|relay|core|nats)$/.exec(kind) ?? [];
      expect(target).toBeLessThan(counts[victim as keyof typeof counts]);
      expect(atMs).toBeLessThan(OPTIONS.durationMs * 0.85);
    }
  });

  it('has no others than those it was told', () => {
    expect(planRun(1, { ...OPTIONS, faults: [] }).faults).toEqual([]);
    const { faults } = planRun(1, { ...OPTIONS, faults: ['kill-core'] });
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['kill-core']));
  });
});

describe('a list of faults', () => {
  it.each([
    ['all', FAULT_KINDS],
    ['none', []],
    ['cut, kill-relay,cut', ['cut', 'kill-relay']],
    ['constructor', null],
    ['cut,', null],
  ])('%s', (text, kinds) => {
    expect(parseFaults(text)).toEqual(kinds);
  });
});
