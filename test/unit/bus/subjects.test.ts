import { describe, expect, it } from 'vitest';
import {
  commandSubjectOfRoom,
  commandSubjectOfUser,
  lastToken,
  liveSubjectOfRoom,
  logSubjectOfRoom,
  logSubjectOfUser,
} from '../../../src/bus/subjects.ts';

describe('subjects', () => {
  it('are those of the contract', () => {
    expect([
      ...[logSubjectOfRoom('1'), liveSubjectOfRoom('1'), commandSubjectOfRoom('1')],
      ...[logSubjectOfUser('9'), commandSubjectOfUser('9')],
    ]).toEqual([
      ...['chatlog.room.1', 'chat.room.1', 'chatcmd.relay.room.1'],
      ...['chatlog.user.9', 'chatcmd.relay.user.9'],
    ]);
    expect(lastToken('chatcmd.room.Lobby_1')).toBe('Lobby_1');
  });

  it.each(['*', '>', 'a.b', '', 'a b'])('are made of no other token: %j', (token) => {
    const makers = [logSubjectOfRoom, liveSubjectOfRoom, commandSubjectOfRoom];
    for (const make of [...makers, logSubjectOfUser, commandSubjectOfUser]) {
      expect(() => make(token)).toThrow();
    }
  });
});
