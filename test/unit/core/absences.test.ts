import { describe, expect, it } from 'vitest';
import { Absences } from '../../../src/core/absences.ts';

const ANN = { id: '9', name: 'ann' };
const GRACE_MS = 1000;

describe('an account whose connection broke', () => {
  it('is awaited for the grace, and known of until somebody has dealt with it', () => {
    const absences = new Absences(GRACE_MS);
    absences.add('1', ANN, 57, 0);
    expect(absences.isAwaited('1', '9', GRACE_MS - 1)).toBe(true);
    expect(absences.takeStock(GRACE_MS - 1).size).toBe(0);
    expect(absences.isAwaited('1', '9', GRACE_MS)).toBe(false);
    expect([...absences.takeStock(GRACE_MS)]).toEqual([['1', ['9']]]);
    expect(absences.heardBy('1', '9')).toBe(57);
    absences.remove('1', '9');
    expect(absences.size).toBe(0);
  });

  it('that comes back gets what it had heard, again when the same question is asked again', () => {
    const absences = new Absences(GRACE_MS);
    absences.add('1', ANN, 57, 0);
    expect(absences.end('1', '9', 'first', 10)).toBe(57);
    expect(absences.end('1', '9', 'first', 20)).toBe(57);
    expect(absences.end('1', '9', 'second', 30)).toBeNull();
    expect(absences.isAwaited('1', '9', 30)).toBe(false);
    expect([...absences.takeStock(60_000)]).toEqual([]);
    expect(absences.size).toBe(0);
  });

  it('never goes back in what it had heard, whoever tells it', () => {
    const absences = new Absences(GRACE_MS);
    absences.add('1', ANN, 57, 0);
    absences.add('1', ANN, 50, 0);
    absences.add('1', ANN, null, 0);
    expect(absences.heardBy('1', '9')).toBe(57);
  });

  it('has heard what it had before when it was told nothing in between', () => {
    const absences = new Absences(GRACE_MS);
    absences.add('1', ANN, 57, 0);
    absences.end('1', '9', 'first', 10);
    absences.add('1', ANN, null, 20);
    expect(absences.end('1', '9', 'second', 30)).toBe(57);
    absences.add('1', ANN, 60, 40);
    expect(absences.end('1', '9', 'third', 50)).toBe(60);
  });

  it('has heard nobody knows what when its relay is gone and had not said it', () => {
    const absences = new Absences(GRACE_MS);
    absences.add('1', ANN, 57, 0);
    absences.end('1', '9', 'first', 10);
    absences.addOf('relay1', '1', ANN, 20);
    expect(absences.end('1', '9', 'second', 30)).toBeNull();
  });

  it('is not awaited where it was away too long already', () => {
    const absences = new Absences(GRACE_MS);
    absences.noteTold('relay1', '1', 57);
    absences.addOf('relay1', '1', ANN, 5, true);
    expect(absences.heardBy('1', '9')).toBe(57);
    expect(absences.isAwaited('1', '9', 5)).toBe(false);
    expect([...absences.takeStock(5)]).toEqual([['1', ['9']]]);
  });
});

describe('what a relay has told', () => {
  it('is the last word of it, until it is gone', () => {
    const absences = new Absences(GRACE_MS);
    absences.noteTold('relay1', '1', 5);
    absences.noteTold('relay1', '1', 7);
    expect([absences.toldBy('relay1', '1'), absences.toldBy('relay2', '1')]).toEqual([7, null]);
    absences.forgetRelay('relay1', 0);
    expect(absences.toldBy('relay1', '1')).toBeNull();
  });

  it('is what its members had heard of whom nobody says anything, for a while after it is gone', () => {
    const absences = new Absences(GRACE_MS);
    absences.noteTold('relay1', '1', 7);
    absences.noteTold('relay2', '1', 5);
    absences.forgetRelay('relay1', 0);
    absences.forgetRelay('relay2', 0);
    expect([absences.heardBy('1', '9'), absences.heardBy('2', '9')]).toEqual([5, null]);
    absences.noteTold('relay3', '1', 90);
    absences.forgetRelay('relay3', 10_000);
    expect(absences.heardBy('1', '9')).toBe(90);
    absences.add('1', ANN, null, 0);
    expect(absences.heardBy('1', '9')).toBeNull();
    absences.remove('1', '9');
    absences.takeStock(60_000);
    expect(absences.heardBy('1', '9')).toBeNull();
  });
});
