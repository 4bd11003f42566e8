import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { roomEventOf } from '../../src/bus/log-reader.ts';
import { startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, ENOBREV, eventually, MOD, TestLog } from '../support/log.ts';

let log: TestLog;
let relay: TestRelay;
let other: TestRelay;
let core: TestCore;

beforeEach(async () => {
  log = await TestLog.start();
  relay = new TestRelay(await log.connect(), 'relay1').live();
  other = new TestRelay(await log.connect(), 'relay2').live();
  core = await startCore(log, 'core1');
  await relay.create('1');
});

afterEach(async () => {
  relay.stop();
  other.stop();
  await core.core.stop();
  await log.stop();
});

async function comingsAndGoings(): Promise<string[]> {
  const { reader } = await log.open();
  const story: string[] = [];
  for await (const message of reader.forward('chatlog.room.1', 1, 1e9)) {
    const event = roomEventOf(message)?.event;
    if (event !== undefined && 'member' in event) story.push(`${event.type} ${event.member.name}`);
  }
  return story;
}

const whenMembers = (names: readonly string[]) =>
  eventually(`members ${names.join()}`, async () => {
    const members = await relay.memberNames('1').catch(() => []);
    return members.join() === names.join();
  });

describe('who is in a room', () => {
  it('is an account as long as one relay has it', async () => {
    await relay.enter('1', ANN);
    expect(await other.enter('1', ANN)).toMatchObject({ ok: true, announced: false });
    await relay.leave('1', ANN);
    expect(await relay.memberNames('1')).toEqual(['ann']);
    await other.leave('1', ANN);
    expect(await relay.memberNames('1')).toEqual([]);
    expect(await comingsAndGoings()).toEqual(['member.entered ann', 'member.left ann']);
  });

  it('are not those of a relay that fell silent', async () => {
    await relay.enter('1', ANN);
    await other.enter('1', ENOBREV);
    other.die();
    await whenMembers(['ann']);
    other.live();
    await whenMembers(['ann', 'enobrev']);
  });

  it('are not those of a relay that said goodbye', async () => {
    await other.enter('1', ENOBREV);
    other.die();
    other.bus.nc.publish('chatctl.relay.beat', JSON.stringify({ relay: 'relay2', stopping: true }));
    await eventually('the leaving', async () => (await relay.memberNames('1')).length === 0, 700);
  });

  it('does not change because chat-core is started again', async () => {
    await relay.enter('1', ANN);
    await other.enter('1', ENOBREV);
    await core.core.stop();
    core = await startCore(log, 'core2');
    expect(await relay.memberNames('1')).toEqual(['ann', 'enobrev']);
    expect(await comingsAndGoings()).toEqual(['member.entered ann', 'member.entered enobrev']);
  });

  it('does not change because a relay answers late when chat-core is started', async () => {
    await relay.enter('1', ANN);
    await core.core.stop();
    relay.die();
    const starting = startCore(log, 'core2');
    await pause(700);
    relay.live();
    core = await starting;
    expect(await comingsAndGoings()).toEqual(['member.entered ann']);
  });

  it('is made right at the start: who is on no relay leaves, who came meanwhile enters', async () => {
    await relay.enter('1', ANN);
    await core.core.stop();
    relay.here.set('1', new Map([[ENOBREV.id, ENOBREV]]));
    core = await startCore(log, 'core2');
    expect(await relay.memberNames('1')).toEqual(['enobrev']);
  });

  it('is made right after NATS was away and a leaving was lost', async () => {
    await relay.enter('1', ANN);
    await other.enter('1', ENOBREV);
    await log.nats.kill('SIGKILL');
    other.here.get('1')?.delete(ENOBREV.id);
    await log.nats.restart();
    await whenMembers(['ann']);
    expect(await comingsAndGoings()).not.toContain('member.left ann');
  });

  it('does not change because NATS hangs for longer than a relay may be silent', async () => {
    await relay.enter('1', ANN);
    await log.nats.kill('SIGSTOP');
    await pause(2500);
    await log.nats.kill('SIGCONT');
    await relay.enter('1', MOD);
    expect(await comingsAndGoings()).toEqual(['member.entered ann', 'member.entered mod']);
  });

  it('does not forget who enters while relays are being asked', async () => {
    await relay.enter('1', ANN);
    // A relay that is heard of for the first time is asked; the question takes its time.
    const slow = { relay: 'relay3' };
    const beat = setInterval(
      () => relay.bus.nc.publish('chatctl.relay.beat', JSON.stringify(slow)),
      100,
    );
    await log.killAndRestart();
    await relay.bus.whenConnected(5000);
    await eventually('to enter', async () => {
      const answer = await relay.enter('1', MOD).catch(() => null);
      return answer?.ok;
    });
    await pause(1500);
    clearInterval(beat);
    expect(await relay.memberNames('1')).toEqual(['ann', 'mod']);
    expect(await comingsAndGoings()).toEqual(['member.entered ann', 'member.entered mod']);
  });

  it('is not what a closed room had', async () => {
    await relay.enter('1', ANN);
    await relay.command('1', { type: 'remove', from: { id: '0', name: 'system' } });
    await relay.create('1');
    other.live();
    await other.enter('1', ENOBREV);
    expect(await relay.memberNames('1')).toEqual(['enobrev']);
  });
});
