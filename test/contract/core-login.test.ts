import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_GUEST_ID } from '../../src/core/accounts.ts';
import { hashPassword } from '../../src/core/passwords.ts';
import { addAccount, startCore, type TestCore, TestRelay } from '../support/core.ts';
import { ANN, ENOBREV, eventually, MOD, TestLog } from '../support/log.ts';

let log: TestLog;
let relay: TestRelay;
let core: TestCore;

beforeAll(async () => {
  log = await TestLog.start();
  // So long that a busy machine does not run into it.
  core = await startCore(log, 'core1', { commandTimeoutMs: 30_000 });
  relay = new TestRelay(await log.connect(), 'relay1');
  await addAccount(core.stores, ANN);
  await addAccount(core.stores, MOD, 'moderator');
});

afterAll(async () => {
  relay.stop();
  await core.core.stop();
  await log.stop();
});

const byPassword = (user: string, password: string) =>
  relay.login({ kind: 'password', user, password });

describe('a login', () => {
  it('with the right password says who it is, and gives a token that logs in again', async () => {
    const answer = await byPassword('Ann', "ann's password");
    expect(answer).toMatchObject({ ok: true, user: ANN, role: 'member' });
    const token = answer.ok ? answer.session : '';
    expect(await relay.login({ kind: 'token', token })).toMatchObject({ ok: true, user: ANN });
    expect(await relay.login({ kind: 'token', token: `${token.slice(0, -4)}AAAA` })).toMatchObject({
      code: 'LOGIN_FAILED',
    });
  });

  it.each([
    ['a wrong password', { kind: 'password', user: 'ann', password: 'ann' }],
    ['an unknown name', { kind: 'password', user: 'nobody', password: 'ann' }],
    ['an empty name', { kind: 'password', user: '', password: '' }],
    ['a strange name', { kind: 'password', user: '\u0000>.*', password: 'x' }],
    ['no token', { kind: 'token', token: 'x.y.z' }],
    ['a guest without a name', { kind: 'guest', name: ' ' }],
  ])('with %s is refused in the same words', async (_name, credentials) => {
    const refused = { ok: false, code: 'LOGIN_FAILED', message: 'Login Problem' };
    expect(await relay.login(credentials)).toEqual(refused);
  });

  it('that is no login is refused for what it is', async () => {
    expect(await relay.login({ kind: 'other' })).toMatchObject({ code: 'BAD_FIELD' });
  });

  it('as a guest has an id of its own, and never the name of an account', async () => {
    const [guest, again, ann, system] = await Promise.all(
      ['bob', 'bob', 'ANN', 'System'].map((name) => relay.login({ kind: 'guest', name })),
    );
    const users = [guest, again, ann, system].map((answer) => (answer?.ok ? answer.user : null));
    expect(users[0]?.name).toBe('bob');
    expect(users[2]?.name).toMatch(/^ANN_\d+$/);
    expect(users[3]?.name).toMatch(/^System_\d+$/);
    const ids = users.map((user) => Number(user?.id));
    expect(new Set(ids).size).toBe(4);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(FIRST_GUEST_ID);
  });

  it('takes as long for a name that there is not', async () => {
    const known: number[] = [];
    const unknown: number[] = [];
    for (let times = 0; times < 11; times += 1) {
      known.push(await timed(() => byPassword('ann', 'wrong')));
      unknown.push(await timed(() => byPassword(`nobody${times}`, 'wrong')));
    }
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('in a flood is refused when too many wait, and nothing else is held up', async () => {
    await relay.create('1');
    const flood = Promise.all(Array.from({ length: 60 }, () => byPassword('ann', 'wrong')));
    const first = await Promise.race([flood, relay.memberNames('1')]);
    expect(first).toEqual([]);
    const answers = await flood;
    const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.code));
    expect(codes.filter((code) => code === 'LOGIN_FAILED')).toHaveLength(12);
    expect(codes.filter((code) => code === 'TRY_AGAIN')).toHaveLength(48);
    expect(await byPassword('ann', "ann's password")).toMatchObject({ ok: true });
  });
});

describe('accounts', () => {
  const password = hashPassword('x');

  it('never share a name, whoever adds them at the same time', async () => {
    const { accounts } = core.stores;
    const added = await Promise.all(
      ['20', '21', '22', '23'].map(async (id) =>
        accounts.add({ id, name: 'Twin', role: 'member', password: await password }),
      ),
    );
    expect(added.filter((outcome) => outcome === 'added')).toHaveLength(1);
    const twins = (await accounts.list()).filter(({ name }) => name === 'Twin');
    expect(twins).toEqual([await accounts.byName('twin')]);
  });

  it('are changed and removed, after which name and id are free', async () => {
    const { accounts } = core.stores;
    const account = { ...ENOBREV, role: 'member', password: await password } as const;
    expect(await accounts.add(account)).toBe('added');
    expect(await accounts.add({ ...account, id: '60' })).toBe('NAME_TAKEN');
    expect(await accounts.add({ ...account, name: 'other' })).toBe('ID_TAKEN');
    expect(await accounts.add({ ...account, id: '61', name: 'system' })).toBe('NAME_TAKEN');
    expect(await accounts.change('ENOBREV', { role: 'moderator' })).toBe(true);
    expect(await accounts.roleOf('6')).toBe('moderator');
    expect(await accounts.remove('enobrev')).toBe(true);
    expect(await accounts.byName('enobrev')).toBeNull();
    expect(await accounts.change('enobrev', { role: 'member' })).toBe(false);
    expect(await accounts.add({ ...account, name: 'other' })).toBe('added');
  });
});

describe('a whisper', () => {
  it('is stored once under its addressee alone', async () => {
    const { reader } = await log.open();
    const command = { type: 'whisper', id: 'w1', from: MOD, text: 'psst\u0001', via: 'json' };
    const whisper = (to: string, more = {}) =>
      relay.request(`chatcmd.relay.user.${to}`, { ...command, ...more });
    const first = await whisper(ANN.id);
    expect(first).toMatchObject({ ok: true });
    expect(await whisper(ANN.id)).toEqual(first);
    expect(await whisper(MOD.id)).not.toEqual(first);
    expect(await whisper('404')).toMatchObject({ code: 'NO_SUCH_USER' });
    expect(await whisper(ANN.id, { text: '' })).toMatchObject({ code: 'BAD_FIELD' });
    expect(await whisper(ANN.id, { text: 'x'.repeat(101) })).toMatchObject({
      code: 'TEXT_TOO_LONG',
    });
    const stored = await reader.last(`chatlog.user.${ANN.id}`);
    expect(JSON.parse(Buffer.from(stored?.payload ?? []).toString())).toMatchObject({
      ...{ id: 'w1', type: 'whisper.posted', from: MOD, to: ANN, text: 'psst\uFFFD' },
    });
  });

  it('is another message than one with its id in a room called like it', async () => {
    await relay.create(`w${ANN.id}`);
    await relay.enter(`w${ANN.id}`, MOD);
    const said = await relay.say(`w${ANN.id}`, MOD, 'aloud', 'same');
    const whispered = await relay.request(`chatcmd.relay.user.${ANN.id}`, {
      ...{ type: 'whisper', id: 'same', from: MOD, text: 'psst', via: 'json' },
    });
    expect(whispered).toMatchObject({ ok: true });
    expect(whispered).not.toEqual(said);
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await eventually('an answer', async () => (await work()) !== undefined);
  return performance.now() - begunMs;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
