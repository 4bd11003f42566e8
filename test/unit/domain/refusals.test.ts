import { describe, expect, it } from 'vitest';
import { isRefusalCode, REFUSALS, refusal } from '../../../src/domain/refusals.ts';
import { refuse, roomAnswer } from '../../../src/domain/room-commands.ts';

const rules = Object.entries(REFUSALS);

describe('the table of refusals', () => {
  it.each(rules)('%s: only what ends a connection has a close code', (_code, rule) => {
    expect(rule.closeCode !== null).toBe(rule.fatal);
    expect(rule.message).toMatch(/^[A-Z].*[^ ]$/);
  });

  it('closes with codes of the protocol or of its own, each for one reason', () => {
    const codes = rules.flatMap(([, { closeCode }]) => (closeCode === null ? [] : [closeCode]));
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => code < 1016 || (code >= 4000 && code < 5000))).toBe(true);
  });

  it('has every code of the contract', () => {
    const promised = [
      ...['BAD_FRAME', 'FRAME_TOO_LONG', 'UNKNOWN_COMMAND', 'BAD_FIELD', 'LOGIN_REQUIRED'],
      ...['LOGIN_FAILED', 'ALREADY_LOGGED_IN', 'NO_SUCH_ROOM', 'NOT_IN_ROOM', 'NO_SUCH_USER'],
      ...['FORBIDDEN', 'MUTED', 'BANNED', 'RATE_LIMITED', 'TEXT_TOO_LONG', 'TRY_AGAIN'],
      ...['SLOW_READER', 'SHUTTING_DOWN'],
    ];
    expect(promised.filter((code) => !isRefusalCode(code))).toEqual([]);
  });

  it('is not fooled by what every object has', () => {
    const names = ['constructor', '__proto__', 'toString', '', 7, null];
    expect(names.filter(isRefusalCode)).toEqual([]);
  });

  it('says its sentence, and travels over the bus', () => {
    const muted = refusal('MUTED');
    expect(muted).toEqual({ code: 'MUTED', message: 'You are muted in that room.' });
    expect(roomAnswer.parse(JSON.parse(JSON.stringify(refuse(muted))))).toEqual({
      ...{ ok: false, code: 'MUTED', message: muted.message },
    });
    expect(roomAnswer.safeParse({ ok: false, code: 'constructor', message: '' }).success).toBe(
      false,
    );
  });
});
