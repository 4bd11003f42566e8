import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receive, tell } from '../../src/bus/messages.ts';
import { CONTROL_SUBJECTS, hereSubjectOf } from '../../src/bus/subjects.ts';
import type { Actor } from '../../src/domain/events.ts';
import { startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, eventually, TestLog } from '../support/log.ts';

let log: TestLog;
let relay: TestRelay;
let other: TestRelay;
let core: TestCore;

// Nobody waits it out: either it is long, or it is over at once.
const LONG = { graceMs: 60_000 };

beforeEach(async () => {
  log = await TestLog.start();
  relay = new TestRelay(await log.connect(), 'relay1').live();
  other = new TestRelay(await log.connect(), 'relay2').live();
  core = await startCore(log, 'core1', LONG);
  await relay.create('1');
});

afterEach(async () => {
  relay.stop();
  other.stop();
  await core.core.stop();
  await log.stop();
});

const lose = (from: Actor, heard?: number) => {
  relay.here.get('1')?.delete(from.id);
  return relay.command('1', { type: 'leave', from, relay: 'relay1', lost: true, heard });
};
const enterByXml = (by: TestRelay, id: string) =>
  by.command('1', { type: 'enter', from: ANN, relay: by.self, via: 'xml', id });
const restartCore = async (change: { graceMs: number }) => {
  await core.core.stop();
  core = await startCore(log, 'core2', change);
};
// So many that either of two cores serves some.
const ROOMS = ['1', ...Array.from({ length: 7 }, (_, index) => `r${index}`)];

/** Ann is in all rooms and was told up to 2, when her relay and the first core end at once. */
async function enterRoomsAndDie(): Promise<void> {
  for (const room of ROOMS.slice(1)) await relay.create(room);
  for (const room of ROOMS) await relay.enter(room, ANN);
  const report = { relay: 'relay1', rooms: ROOMS.map((room) => ({ room, seq: 2 })) };
  tell(relay.bus, CONTROL_SUBJECTS.heard, report);
  await relay.bus.flush();
  relay.die();
  await core.core.stop();
}

const whenGone = () =>
  eventually('the leaving', async () => (await relay.memberNames('1')).length === 0);

describe('a member whose connection broke', () => {
  it('is awaited, and told what it had heard when it comes back on another relay', async () => {
    await relay.enter('1', ANN);
    await lose(ANN, 2);
    expect(await relay.memberNames('1')).toEqual(['ann']);
    expect(await enterByXml(other, 'e1')).toMatchObject({ announced: false, heard: 2 });
    expect(await enterByXml(other, 'e1')).toMatchObject({ heard: 2 });
    expect(await enterByXml(other, 'e2')).not.toHaveProperty('heard');
  });

  it('is awaited by the next chat-core, too, which relays tell of it', async () => {
    await relay.enter('1', ANN);
    await lose(ANN, 2);
    relay.lost.push({ room: '1', members: [], lost: [{ member: ANN, heard: 2 }] });
    await restartCore(LONG);
    expect(await relay.memberNames('1')).toEqual(['ann']);
    expect(await enterByXml(other, 'e1')).toMatchObject({ announced: false, heard: 2 });
  });

  it('is told what it had heard when it had left by then, also by another chat-core', async () => {
    await relay.enter('1', ANN);
    await restartCore({ graceMs: 0 });
    await lose(ANN, 2);
    await whenGone();
    await restartCore(LONG);
    expect(await enterByXml(other, 'e1')).toMatchObject({ announced: true, heard: 2 });
    expect(await enterByXml(other, 'e1')).toMatchObject({ heard: 2 });
    expect(await enterByXml(other, 'e2')).not.toHaveProperty('heard');
  });

  it('has left when it says so elsewhere', async () => {
    await relay.enter('1', ANN);
    await lose(ANN, 2);
    await other.leave('1', ANN);
    await whenGone();
    expect(await enterByXml(other, 'e1')).not.toHaveProperty('heard');
  });

  it('is known by what its relay had told, when that one is dead and not missed yet', async () => {
    await relay.enter('1', ANN);
    tell(relay.bus, CONTROL_SUBJECTS.heard, { relay: 'relay1', rooms: [{ room: '1', seq: 2 }] });
    await relay.bus.flush();
    expect(await enterByXml(other, 'e1')).toMatchObject({ announced: false, heard: 2 });
  });

  it('is known by what its relay had told, when its chat-core died with that relay', async () => {
    const second = await startCore(log, 'core0', LONG);
    await enterRoomsAndDie();
    core = second;
    await eventually('all leavings', async () => {
      const members = await Promise.all(ROOMS.map((room) => other.memberNames(room)));
      return members.flat().length === 0;
    });
    for (const room of ROOMS) {
      const asked = { type: 'enter', from: ANN, relay: 'relay2', via: 'xml', id: `e-${room}` };
      expect(await other.command(room, asked)).toMatchObject({ announced: true, heard: 2 });
    }
  });

  it('is known by what its relay had told also by a chat-core that began after both were gone', async () => {
    const second = await startCore(log, 'core0', LONG);
    await enterRoomsAndDie();
    core = await startCore(log, 'core2', LONG);
    for (const room of ROOMS) {
      const asked = { type: 'enter', from: ANN, relay: 'relay2', via: 'xml', id: `e-${room}` };
      expect(await other.command(room, asked)).toMatchObject({ ok: true, heard: 2 });
    }
    await second.core.stop();
  });

  it('is not away while it has another session', async () => {
    await relay.enter('1', ANN);
    tell(relay.bus, CONTROL_SUBJECTS.heard, { relay: 'relay1', rooms: [{ room: '1', seq: 2 }] });
    receive(relay.bus, hereSubjectOf('relay1'), ({ respond }) => respond({ here: true }));
    await relay.bus.flush();
    expect(await enterByXml(other, 'e1')).not.toHaveProperty('heard');
  });

  it('has left for good when it was thrown out meanwhile', async () => {
    await relay.enter('1', ANN);
    await lose(ANN, 2);
    const from = { id: '0', name: 'system' };
    expect(await relay.command('1', { type: 'kick', from, user: ANN.id })).toMatchObject({
      ok: true,
    });
    expect(await relay.memberNames('1')).toEqual([]);
    expect(await enterByXml(other, 'e1')).not.toHaveProperty('heard');
  });
});
