import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfKey, makeBotKey } from '../../src/core/bot-keys.ts';
import { addAccount, startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, MOD, TestLog } from '../support/log.ts';
import vectors from '../vectors/bus-messages.json' with { type: 'json' };

let log: TestLog;
let relay: TestRelay;
let core: TestCore;

const GREETER = { id: '31', name: 'greeter' } as const;
const WARDEN = { id: '32', name: 'warden' } as const;
const keys = new Map<string, string>();

async function addBot({ id, name }: { id: string; name: string }, role: 'member' | 'moderator') {
  const key = makeBotKey(id, randomBytes(32));
  keys.set(id, key);
  await core.stores.accounts.add({ id, name, role, password: null, key: digestOfKey(key) });
}

beforeAll(async () => {
  log = await TestLog.start();
  core = await startCore(log, 'core1', { commandTimeoutMs: 30_000 });
  relay = new TestRelay(await log.connect(), 'relay1').live();
  await addAccount(core.stores, ANN);
  await addAccount(core.stores, MOD, 'moderator');
  await addBot(GREETER, 'member');
  await addBot(WARDEN, 'moderator');
  await relay.create('1');
  await relay.enter('1', ANN);
});

afterAll(async () => {
  relay.stop();
  await core.core.stop();
  await log.stop();
});

/** What a bot asks, in the room 1 if nothing else is said. */
function ask({ id }: { id: string }, command: object, subject = 'chatcmd.room.1') {
  return relay.request(subject, { key: keys.get(id), id: randomUUID(), ...command });
}

async function newest(subject = 'chatlog.room.1') {
  const { reader } = await log.open();
  const stored = await reader.last(subject);
  return JSON.parse(Buffer.from(stored?.payload ?? '{}').toString());
}

describe('a bot', () => {
  it('speaks under the name of its account, whatever else it claims, without being a member', async () => {
    const forged = { from: MOD, via: 'xml' };
    const said = await ask(GREETER, { type: 'say', id: 'b1', text: 'Hello\r\n', ...forged });
    expect(said).toMatchObject({ ok: true });
    expect(await newest()).toMatchObject({
      ...{ type: 'message.posted', id: 'b1', from: GREETER, via: 'nats', text: 'Hello\n' },
    });
    expect(await relay.memberNames('1')).toEqual(['ann']);
  });

  it('that asks again with the same id is answered as the first time', async () => {
    const say = { type: 'say', id: 'twice', text: 'once' };
    const first = await ask(GREETER, say);
    expect(await ask(GREETER, say)).toEqual(first);
    // Another one's id is another message.
    expect(await ask(WARDEN, say)).not.toEqual(first);
  });

  it('whispers', async () => {
    const subject = `chatcmd.user.${ANN.id}`;
    expect(await ask(GREETER, { type: 'whisper', text: 'psst' }, subject)).toMatchObject({
      ok: true,
    });
    const stored = await newest(`chatlog.user.${ANN.id}`);
    expect(stored).toMatchObject({ from: GREETER, to: ANN, text: 'psst', via: 'nats' });
  });

  it('hears who is in a room', async () => {
    const answer = await ask(GREETER, { type: 'members' });
    expect(answer).toMatchObject({ ok: true, name: 'Room 1', members: [ANN] });
  });

  it.each([
    ['no key', { key: undefined }, 'LOGIN_REQUIRED'],
    ['a key of another form', { key: 'secret' }, 'BAD_FIELD'],
    ["nobody's key", { key: `bot-99-${'A'.repeat(43)}` }, 'LOGIN_FAILED'],
    ['a wrong secret', { key: `bot-31-${'A'.repeat(43)}` }, 'LOGIN_FAILED'],
    ['a key of somebody who is no bot', { key: `bot-9-${'A'.repeat(43)}` }, 'LOGIN_FAILED'],
    ['no text', { text: undefined }, 'BAD_FIELD'],
    ["what is a relay's to ask", { type: 'enter', relay: 'relay1' }, 'BAD_FIELD'],
    ['an announcement', { type: 'announce' }, 'FORBIDDEN'],
    ['a kick', { type: 'kick', user: ANN.id }, 'FORBIDDEN'],
    ['a room of its own', { type: 'create', name: 'Mine' }, 'FORBIDDEN'],
  ])('with %s is refused', async (_name, change, code) => {
    expect(await ask(GREETER, { type: 'say', text: 'hello', ...change })).toMatchObject({ code });
  });

  it('that is a moderator announces and moderates', async () => {
    expect(await ask(WARDEN, { type: 'announce', text: 'Maintenance' })).toMatchObject({
      ok: true,
    });
    expect(await newest()).toMatchObject({ type: 'notice.posted', from: WARDEN, via: 'nats' });
    expect(await ask(WARDEN, { type: 'mute', user: ANN.id, seconds: 60 })).toMatchObject({
      ok: true,
    });
    expect(await relay.say('1', ANN, 'hello')).toMatchObject({ code: 'MUTED' });
    expect(await ask(WARDEN, { type: 'unmute', user: ANN.id })).toMatchObject({ ok: true });
    expect(await ask(WARDEN, { type: 'kick', user: ANN.id, reason: 'spam' })).toMatchObject({
      ok: true,
    });
    expect(await newest()).toMatchObject({ type: 'member.kicked', member: ANN, from: WARDEN });
  });

  it('that is muted or banned says nothing', async () => {
    await relay.command('1', { type: 'mute', from: MOD, user: GREETER.id });
    expect(await ask(GREETER, { type: 'say', text: 'hello' })).toMatchObject({ code: 'MUTED' });
    await relay.command('1', { type: 'unmute', from: MOD, user: GREETER.id });
    await relay.command('1', { type: 'ban', from: MOD, user: GREETER.id });
    expect(await ask(GREETER, { type: 'say', text: 'hello' })).toMatchObject({ code: 'BANNED' });
    await relay.command('1', { type: 'unban', from: MOD, user: GREETER.id });
    expect(await ask(GREETER, { type: 'say', text: 'hello' })).toMatchObject({ ok: true });
  });

  it('logs in nowhere with its key', async () => {
    const password = keys.get(GREETER.id) ?? '';
    for (const credentials of [
      { kind: 'password', user: GREETER.name, password },
      { kind: 'token', token: password },
    ]) {
      expect(await relay.login(credentials)).toMatchObject({ code: 'LOGIN_FAILED' });
    }
  });

  it('whose key was changed has no other', async () => {
    const bot = { id: '33', name: 'turncoat' };
    await addBot(bot, 'member');
    await core.stores.accounts.change(bot.name, { key: digestOfKey('another') });
    expect(await ask(bot, { type: 'say', text: 'hello' })).toMatchObject({ code: 'LOGIN_FAILED' });
  });
});

describe('every command of a bot that the contract shows', () => {
  beforeAll(async () => {
    await relay.create('shown');
    await relay.enter('shown', ANN);
  });

  it.each([...vectors.botRoomCommand, ...vectors.botUserCommand])(
    '$type is carried out',
    async (command) => {
      const bot = command.key.startsWith('bot-31-') ? GREETER : WARDEN;
      const room = ['create', 'remove'].includes(command.type) ? 'shown-too' : 'shown';
      const subject =
        command.type === 'whisper' ? `chatcmd.user.${ANN.id}` : `chatcmd.room.${room}`;
      const answer = await ask(bot, { ...command, key: keys.get(bot.id) }, subject);
      expect(answer).toMatchObject({ ok: true });
    },
  );
});

describe('a bot that is too fast', () => {
  it('is refused beyond its burst, and nobody else with it', async () => {
    const slow = { botCommandsPerSecond: 1, botCommandsBurst: 3 };
    const other = await startCore(log, 'core2', slow);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        // One of the two cores serves a whisper: both have buckets, this one's are small.
        ask(GREETER, { type: 'whisper', text: 'psst' }, `chatcmd.user.${MOD.id}`),
      ),
    );
    const served = other.metrics.core.commands;
    const refused = answers.filter((answer) => !answer.ok && answer.code === 'RATE_LIMITED');
    const mine = (await served.get()).values.reduce((sum, { value }) => sum + value, 0);
    expect(refused).toHaveLength(Math.max(0, mine - 3));
    expect(await ask(WARDEN, { type: 'say', text: 'still here' })).toMatchObject({ ok: true });
    await other.core.stop();
  });
});

describe('an answer', () => {
  it('goes to inboxes only, not to wherever the sender would have it published', async () => {
    const before = await newest();
    const { nc } = relay.bus;
    const say = { key: keys.get(WARDEN.id), type: 'say', id: 'redirect', text: '' };
    nc.publish('chatcmd.room.1', JSON.stringify(say), { reply: 'chatlog.room.1' });
    await nc.flush();
    // A later command is answered later.
    await ask(WARDEN, { type: 'members' });
    expect(await newest()).toEqual(before);
  });
});
