import { describe, expect, it } from 'vitest';
import { isFormOf, Logins } from '../../../src/operator/logins.ts';
import { ANN, MOD } from '../../support/log.ts';

function start(sessionsMax = 10) {
  let nowMs = 0;
  let made = 0;
  const logins = new Logins({
    ...{ ttlMs: 1000, sessionsMax, failuresPerMinute: 3 },
    now: () => nowMs,
    newSecret: () => {
      made += 1;
      return `secret${made}`;
    },
  });
  return {
    logins,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('logins of operators', () => {
  it('are known by their secret, until their time is up', () => {
    const { logins, pass } = start();
    const secret = logins.begin(MOD);
    expect(logins.find(secret)?.operator).toEqual(MOD);
    expect(logins.find('another')).toBeNull();
    expect(logins.find(null)).toBeNull();
    pass(1000);
    expect(logins.find(secret)).toBeNull();
    expect(logins.size).toBe(0);
  });

  it('end when told to', () => {
    const { logins } = start();
    const secret = logins.begin(MOD);
    logins.end(secret);
    expect(logins.find(secret)).toBeNull();
  });

  it('are so many: one more ends the oldest', () => {
    const { logins } = start(2);
    const [first, second, third] = [MOD, ANN, MOD].map((actor) => logins.begin(actor));
    expect(logins.find(first ?? null)).toBeNull();
    expect(logins.find(second ?? null)?.operator).toEqual(ANN);
    expect(logins.find(third ?? null)?.operator).toEqual(MOD);
  });

  it('are not guessed: after so many failures none is checked for a while', () => {
    const { logins, pass } = start();
    for (let count = 0; count < 2; count += 1) logins.noteFailure();
    expect(logins.isGuessed).toBe(false);
    logins.noteFailure();
    expect(logins.isGuessed).toBe(true);
    pass(60_000);
    expect(logins.isGuessed).toBe(false);
  });

  it('have forms of their own', () => {
    const { logins } = start();
    const login = logins.find(logins.begin(MOD));
    const other = logins.find(logins.begin(ANN));
    if (login === null || other === null) throw new Error('both are logged in');
    expect(isFormOf(login, login.formKey)).toBe(true);
    expect(isFormOf(login, other.formKey)).toBe(false);
    expect(isFormOf(login, '')).toBe(false);
    expect(isFormOf(login, null)).toBe(false);
  });
});
