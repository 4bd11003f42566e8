import { describe, expect, it } from 'vitest';
import { commandOf, toldBy } from '../../../src/operator/acts.ts';
import { MOD } from '../../support/log.ts';

const command = (form: string) => commandOf(new URLSearchParams(form), MOD, () => 'c1');
const COMMON = { id: 'c1', from: MOD, via: 'nats' };

describe('a form', () => {
  it.each([
    ['act=kick&user=9', { type: 'kick', user: '9' }],
    ['act=mute&user=9', { type: 'mute', user: '9', seconds: 3600 }],
    ['act=mute&user=9&minutes=', { type: 'mute', user: '9' }],
    ['act=ban&user=9', { type: 'ban', user: '9', seconds: 86_400 }],
    [
      'act=ban&user=9&minutes=5&reason=+spam+',
      { type: 'ban', user: '9', seconds: 300, reason: 'spam' },
    ],
    ['act=unban&user=9&minutes=5', { type: 'unban', user: '9' }],
    ['act=unmute&user=9', { type: 'unmute', user: '9' }],
    ['act=announce&text=Hi', { type: 'announce', text: 'Hi' }],
  ])('%s is the operator who says so', (form, expected) => {
    expect(command(form)).toEqual({ ...COMMON, ...expected });
  });

  it.each([
    '',
    'act=remove',
    'act=constructor&user=9',
    'act=kick',
    'act=kick&user=0x9',
    'act=kick&user=*',
    `act=kick&user=9&reason=${'x'.repeat(201)}`,
    'act=mute&user=9&minutes=99999999',
  ])('%s is no command', (form) => {
    expect(command(form)).toBeNull();
  });
});

describe('what is told after it', () => {
  it('is one of our own sentences', () => {
    const told = (query: string) => toldBy(new URLSearchParams(query));
    expect(told('done=kick')).toEqual({ ok: true, text: 'Kicked.' });
    expect(told('refused=FORBIDDEN')).toEqual({ ok: false, text: 'You may not do that.' });
    expect(told('done=<script>')).toBeNull();
    expect(told('refused=toString')).toBeNull();
    expect(told('')).toBeNull();
  });
});
