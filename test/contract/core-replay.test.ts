import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomEventOf } from '../../src/bus/log-reader.ts';
import { logSubjectOfRoom } from '../../src/bus/subjects.ts';
import { RoomTarget, SubjectTarget } from '../../src/cli/replay-targets.ts';
import { type Logged, SYSTEM } from '../../src/domain/events.ts';
import { addAccount, startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, MOD, TestLog } from '../support/log.ts';

let log: TestLog;
let core: TestCore;
let relay: TestRelay;
let said: Logged;

beforeAll(async () => {
  log = await TestLog.start();
  core = await startCore(log, 'core-1');
  await addAccount(core.stores, ANN);
  await addAccount(core.stores, MOD, 'moderator');
  relay = new TestRelay(await log.connect(), 'relay-1').live();
  for (const room of ['source', 'target']) await relay.create(room);
  await relay.enter('source', ANN);
  // As long as a text may be: with the name it is longer, and told all the same.
  await relay.say('source', ANN, 'x'.repeat(100));
  said = await newest('source');
});

afterAll(async () => {
  relay.stop();
  await core.core.stop();
  await log.stop();
});

describe('chat-core tells an event of another room', () => {
  const command = (change: object = {}) => ({
    ...{ type: 'replay', from: SYSTEM, via: 'nats', replay: 'r1', id: `r1.${said.seq}` },
    ...{ source: { room: 'source', seq: said.seq }, ...change },
  });

  it('as the system, marked, and once however often it is asked', async () => {
    const answer = await relay.command('target', command());
    expect(answer).toMatchObject({ ok: true });
    expect(await relay.command('target', command())).toEqual(answer);
    const { seq, event } = await newest('target');
    expect(answer).toMatchObject({ seq });
    expect(event).toMatchObject({
      ...{ type: 'notice.posted', n: 2, from: SYSTEM, text: `ann: ${'x'.repeat(100)}` },
      replayed: { replay: 'r1', room: 'source', seq: said.seq, time: said.event.time, name: 'ann' },
    });
  });

  it.each<[what: string, room: string, change: object, code: string]>([
    ['for a moderator', 'target', { from: MOD }, 'FORBIDDEN'],
    ['into the room itself', 'source', {}, 'BAD_FIELD'],
    ['that is of yet another room', 'target', { source: { room: 'x', seq: 1 } }, 'BAD_FIELD'],
    ['that is not there', 'target', { source: { room: 'source', seq: 9999 } }, 'BAD_FIELD'],
    ['into a room that is not there', 'nowhere', {}, 'NO_SUCH_ROOM'],
  ])('not %s', async (_what, room, change, code) => {
    const answer = await relay.command(room, command({ ...change, id: `${code}-${room}` }));
    expect(answer).toMatchObject({ ok: false, code });
  });
});

describe('a replay', () => {
  it('into a room knows from the log what it has told', async () => {
    const bus = await log.connect();
    const target = new RoomTarget(bus, 'target', 'r2', 5000);
    expect(await target.toldBefore()).toBe(0);
    await target.tell(said);
    await target.tell(said);
    expect(await target.toldBefore()).toBe(said.seq);
    expect((await newest('target')).event).toMatchObject({ n: 3, replayed: { replay: 'r2' } });
    target.stop();
  });

  it('says why a room cannot be told into', async () => {
    const target = new RoomTarget(await log.connect(), 'nowhere', 'r3', 5000);
    await expect(target.tell(said)).rejects.toThrow(/room nowhere: .*\(NO_SUCH_ROOM\)/);
    target.stop();
  });

  it('on a subject is told through a loss of NATS', async () => {
    const bus = await log.connect();
    const listener = await log.connect();
    const heard: unknown[] = [];
    listener.nc.subscribe('again', { callback: (_error, message) => heard.push(message.json()) });
    await listener.flush();
    const target = new SubjectTarget(bus, 'again', 'r4');
    await target.tell(said);
    await log.nats.kill('SIGKILL');
    const told = target.tell(said);
    await log.nats.restart();
    await told;
    expect(heard[0]).toMatchObject({ type: 'message.posted', replayed: { replay: 'r4' } });
  });
});

async function newest(room: string): Promise<Logged> {
  const { reader } = await log.open();
  const message = await reader.last(logSubjectOfRoom(room));
  const logged = message === null ? null : roomEventOf(message);
  if (logged === null) throw new Error(`nothing in room ${room}`);
  return logged;
}
