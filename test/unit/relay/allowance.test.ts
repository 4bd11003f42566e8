import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../src/codecs/codec.ts';
import { Allowance, type AllowanceRules, type Budgets } from '../../../src/relay/allowance.ts';
import { Budget } from '../../../src/relay/budget.ts';
import { TokenBucket } from '../../../src/relay/token-bucket.ts';

const RATES = {
  ...{ framesPerSecond: 1, framesBurst: 3, bytesPerSecond: 10, bytesBurst: 100 },
  ...{ loginsPerMinute: 60, loginsBurst: 2 },
};
const LOGIN: Decoded = {
  ok: true,
  ref: 'r1',
  command: { type: 'login', credentials: { kind: 'guest', name: 'ann' } },
};
const PING: Decoded = { ok: true, command: { type: 'ping' } };

function rig(patience = 2) {
  const told: string[] = [];
  const own = new Budget(RATES, 0);
  const shared = new Budget({ ...RATES, framesBurst: 4, loginsBurst: 3 }, 0);
  const rules: AllowanceRules = {
    patience: (nowMs) => new TokenBucket(1, patience, nowMs),
    onExcess: (step, limit) => told.push(`${step} ${limit}`),
  };
  const budgets: Budgets = [
    { of: 'connection', budget: own },
    { of: 'address', budget: shared },
  ];
  const allowance = new Allowance(rules, budgets, () => told.push('end'));
  return { allowance, shared, told };
}

describe('what a connection may send', () => {
  it('goes from a warning to refusals to the end', () => {
    const { allowance, told } = rig();
    const codes = [1, 2, 3, 4, 5, 6].map(() => allowance.frame(0, 0));
    expect(codes).toEqual([null, null, null, 'RATE_LIMITED', 'RATE_LIMITED', 'FLOODING']);
    expect(told).toEqual(['warn frames', 'refuse frames', 'cut frames']);
  });

  it('is forgiven after a while, and then warned again', () => {
    const { allowance, told } = rig();
    for (let frame = 0; frame < 5; frame += 1) allowance.frame(0, 0);
    for (let frame = 0; frame < 4; frame += 1) allowance.frame(0, 10_000);
    expect(told).toEqual(['warn frames', 'refuse frames', 'warn frames']);
  });

  it('counts bytes, too', () => {
    const { allowance, told } = rig();
    expect(allowance.frame(90, 0)).toBeNull();
    expect(allowance.frame(11, 0)).toBe('RATE_LIMITED');
    expect(allowance.frame(10, 0)).toBeNull();
    expect(told).toEqual(['warn bytes']);
  });

  it('is also what is left of its address', () => {
    const { allowance, shared, told } = rig();
    for (let frame = 0; frame < 3; frame += 1) shared.takeFrame(0, 0);
    expect([1, 2].map(() => allowance.frame(0, 0))).toEqual([null, 'RATE_LIMITED']);
    expect(told).toEqual(['warn address_frames']);
  });

  it('is everything without budgets', () => {
    const never = () => expect.unreachable();
    const patience = () => new TokenBucket(1, 1, 0);
    const allowance = new Allowance({ patience, onExcess: never }, [], never);
    for (let frame = 0; frame < 1000; frame += 1) expect(allowance.frame(1000, 0)).toBeNull();
    for (let login = 0; login < 1000; login += 1) expect(allowance.admit(LOGIN, 0)).toBe(LOGIN);
  });

  it('says when it ends', () => {
    const { allowance, told } = rig();
    allowance.end();
    expect(told).toEqual(['end']);
  });
});

describe('logins', () => {
  it('that are too many are refused as logins, with their ref', () => {
    const { allowance, told } = rig();
    expect([1, 2].map(() => allowance.admit(LOGIN, 0))).toEqual([LOGIN, LOGIN]);
    expect(allowance.admit(LOGIN, 0)).toMatchObject({
      ...{ ok: false, during: 'login', ref: 'r1' },
      refusal: { code: 'RATE_LIMITED' },
    });
    expect(allowance.admit(PING, 0)).toBe(PING);
    expect(told).toEqual(['warn logins']);
  });

  it('that are right give their attempt back, to the address as well', () => {
    const { allowance, shared } = rig();
    for (let login = 0; login < 10; login += 1) {
      expect(allowance.admit(LOGIN, 0)).toBe(LOGIN);
      allowance.loggedIn();
    }
    expect([1, 2, 3, 4].map(() => shared.takeLogin(0))).toEqual([null, null, null, 'logins']);
  });
});
