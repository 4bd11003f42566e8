import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConnectionOptions,
  connect,
  type Msg,
  type NatsConnection,
  nkeyAuthenticator,
} from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExample } from '../support/example.ts';
import { eventually } from '../support/log.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

// A nats-server under what `nats-config` prints, and a whole system on it.

let folder: { path: string; remove: () => Promise<void> };
let nats: TestNatsServer;
let core: Program;
let relay: Program;
let key: string;
const connections: NatsConnection[] = [];
const programs: Program[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  const printed = await runProgram(
    [
      'nats-config',
      folder.path,
      '--nkey',
      'relay',
      '--integrator',
      'reader',
      '--integrator',
      'other',
    ],
    {},
  );
  expect(printed.stderr).toBe('');
  nats = await startNatsServer({ config: printed.stdout });
  core = await startProgram(['core'], { ...as('core'), RELAY_DEMO: '1', RELAY_ADMIN_PORT: '0' });
  relay = await startProgram(['relay'], {
    ...{ RELAY_NATS_URL: nats.url, RELAY_NATS_NKEY_FILE: join(folder.path, 'relay.nk') },
    ...{ RELAY_NATS_API_PREFIX: 'JS.CHAT.API', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
  });
  const added = await runProgram(['users', 'add', 'greeter', '--bot', '--json'], as('operator'));
  key = JSON.parse(added.stdout).key;
});

afterAll(async () => {
  await Promise.all(connections.map((nc) => nc.close()));
  await Promise.all([relay, core, ...programs].map((program) => program?.stop()));
  await nats?.stop();
  await folder?.remove();
});

/** The environment of a process that logs in as this user. */
function as(user: string): Record<string, string> {
  const file = join(folder.path, `${user}.password`);
  return { RELAY_NATS_URL: nats.url, RELAY_NATS_USER: user, RELAY_NATS_PASSWORD_FILE: file };
}

async function connectAs(user: string): Promise<NatsConnection> {
  const name = user === 'relay' ? 'relay.nk' : `${user}.password`;
  const secret = (await readFile(join(folder.path, name), 'utf8')).trim();
  const login: ConnectionOptions =
    user === 'relay'
      ? { authenticator: nkeyAuthenticator(new TextEncoder().encode(secret)) }
      : { user, pass: secret };
  const isProgram = !['relay', 'core', 'operator'].includes(user);
  const inboxes = isProgram ? { inboxPrefix: `_INBOX.${user}` } : {};
  const nc = await connect({ servers: nats.url, ...login, ...inboxes, reconnect: false });
  connections.push(nc);
  return nc;
}

/** The environment of an example that logs in as this user. */
async function programEnv(user: string): Promise<Record<string, string>> {
  const password = (await readFile(join(folder.path, `${user}.password`), 'utf8')).trim();
  return {
    NATS_URL: nats.url.replace('://', `://${user}:${password}@`),
    NATS_INBOX: `_INBOX.${user}`,
    NATS_API_PREFIX: 'JS.CHAT.API',
  };
}

/** The subjects that the server says the user may not publish on, of those given. */
async function refusedPublishing(user: string, subjects: readonly string[]): Promise<string[]> {
  const nc = await connectAs(user);
  const refused = new Set<string>();
  void (async () => {
    for await (const { permissionContext } of nc.status()) {
      if (permissionContext?.operation === 'publish') refused.add(permissionContext.subject);
    }
  })();
  for (const subject of subjects) nc.publish(subject, '{"forged":true}');
  await nc.flush();
  // What the server refused comes before its answer to this.
  await nc.flush();
  await eventually('the refusals', () => refused.size === subjects.length, 5000).catch(() => null);
  return [...refused].sort();
}

async function refusedSubscribing(user: string, subjects: readonly string[]): Promise<string[]> {
  const nc = await connectAs(user);
  const refused: string[] = [];
  for (const subject of subjects) {
    nc.subscribe(subject, { callback: (error) => error !== null && refused.push(subject) });
  }
  await nc.flush();
  await eventually('the refusals', () => refused.length === subjects.length, 5000).catch(
    () => null,
  );
  return refused.sort();
}

async function lastSequence(): Promise<number> {
  const operator = await connectAs('operator');
  const { state } = await (await operator.jetstreamManager()).streams.info('CHATLOG');
  return state.last_seq;
}

describe('a system under the permissions of nats-config', () => {
  it('serves people and bots, and integrators hear them', async () => {
    const reader = await connectAs('reader');
    const heard: Msg[] = [];
    reader.subscribe('chat.room.*', { callback: (_error, message) => heard.push(message) });
    await reader.flush();
    const ann = await connectWeb(Number(relay.ready['port']));
    for (const [command, reply] of [
      [{ type: 'login', user: 'ann', password: 'ann' }, 'welcome'],
      [{ type: 'join', room: '1' }, 'joined'],
      [{ type: 'say', room: '1', text: 'Hello' }, 'said'],
      [{ type: 'whisper', to: '9', text: 'psst' }, 'whispered'],
      [{ type: 'history', room: '1' }, 'history'],
    ] as const) {
      expect(await ann.request(command)).toMatchObject({ type: reply });
    }
    await ann.until('whisper.posted');
    const bot = await connectAs('bot');
    const say = { key, id: 'b1', type: 'say', text: 'Hello from a bot' };
    const answer = (await bot.request('chatcmd.room.1', JSON.stringify(say))).json();
    expect(answer).toMatchObject({ ok: true });
    const types = () => heard.map((message) => JSON.parse(message.string()).type);
    await eventually('the bot was heard', () => types().length >= 3);
    expect(types()).toEqual(['member.entered', 'message.posted', 'message.posted']);
    expect(heard.map(({ subject }) => subject)).not.toContain('chat.user.9');
    ann.close();
    await eventually('ann is gone', () => types().length >= 4);
    expect(types()[3]).toBe('member.left');
  });

  it('lets the operator look after it', { timeout: 180_000 }, async () => {
    for (const command of [
      ['users', 'list'],
      ['rooms', 'add', '3', 'Three'],
      ['rooms', 'list'],
      ['history', '1'],
    ]) {
      expect(await runProgram(command, as('operator')), command.join(' ')).toMatchObject({
        code: 0,
      });
    }
    const verified = await runProgram(['verify'], as('operator'));
    expect(verified).toMatchObject({ code: 0 });
  });

  it('has pages for operators on a relay that is one', { timeout: 120_000 }, async () => {
    const pages = await startProgram(['relay'], {
      ...as('operator'),
      ...{ RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_ACCEPTS: 'policy' },
    });
    programs.push(pages);
    const base = `http://127.0.0.1:${pages.ready['adminPort']}/operator`;
    const read = async (path: string) => (await fetch(`${base}${path}`)).text();
    expect(await read('')).toContain('Lobby 1');
    expect(await read('/search?words=hello')).toContain('from a bot');
    expect(await read('/rooms/1/transcript?format=text')).toContain('Hello from a bot');
    // This one and the one that clients connect to.
    await eventually('both relays', async () =>
      (await read('/connections')).includes('on 2 relays'),
    );
  });

  it('needs nothing that is refused', () => {
    for (const program of [core, relay, ...programs])
      expect(program.output()).not.toMatch(/ermissions/);
  });
});

describe('a relay', () => {
  it('writes neither the log nor what is heard of it, and changes no account', async () => {
    const forbidden = [
      ...['chatlog.room.1', 'chatlog.user.9', 'chat.room.1', 'chat.user.9'],
      ...['$KV.chat_accounts.id.9', 'chatctl.core.beat', 'chatcmd.room.1'],
      ...['$JS.API.STREAM.DELETE.CHATLOG', 'JS.CHAT.API.STREAM.DELETE.CHATLOG'],
    ];
    expect(await refusedPublishing('relay', forbidden)).toEqual([...forbidden].sort());
  });

  it('has nobody write for it, whatever reply subject it names', async () => {
    const before = await lastSequence();
    const nc = await connectAs('relay');
    const last = JSON.stringify({ last_by_subj: 'chatlog.user.9' });
    for (const reply of ['chatlog.room.1', 'chatlog.user.2', 'chat.room.1']) {
      nc.publish('JS.CHAT.API.DIRECT.GET.CHATLOG', last, { reply });
      nc.publish('JS.CHAT.API.STREAM.MSG.GET.CHATLOG', last, { reply });
      nc.publish('chatcmd.rooms', '{}', { reply });
    }
    // Answered after those.
    await nc.request('JS.CHAT.API.STREAM.MSG.GET.CHATLOG', last);
    await nc.request('chatcmd.rooms', '{}');
    expect(await lastSequence()).toBe(before);
  });

  it('reads what it needs of the log, from its leader, too', async () => {
    const nc = await connectAs('relay');
    const last = JSON.stringify({ last_by_subj: 'chatlog.room.1' });
    const direct = await nc.request('JS.CHAT.API.DIRECT.GET.CHATLOG', last);
    expect(direct.headers?.get('Nats-Subject')).toBe('chatlog.room.1');
    const leader = await nc.request('JS.CHAT.API.STREAM.MSG.GET.CHATLOG', last);
    expect(leader.json()).toMatchObject({ message: { subject: 'chatlog.room.1' } });
    const first = JSON.stringify({ seq: 1, next_by_subj: 'chatlog.>' });
    const oldest = await nc.request('JS.CHAT.API.STREAM.MSG.GET.CHATLOG', first);
    expect(oldest.json()).toMatchObject({ message: { seq: 1 } });
  });
});

describe('an integrator', () => {
  it('publishes nothing', async () => {
    const forbidden = [
      ...['chat.room.1', 'chatlog.room.1', 'chatcmd.room.1', 'chatcmd.user.9', 'chatcmd.login'],
      ...['chatcmd.relay.room.1', 'chatctl.relay.beat', '_INBOX.other.x'],
      ...['$JS.API.CONSUMER.CREATE.CHATLOG.mine.chatlog.user.9'],
      ...['JS.CHAT.API.CONSUMER.MSG.NEXT.CHATLOG.other', 'JS.CHAT.API.DIRECT.GET.CHATLOG'],
    ];
    expect(await refusedPublishing('reader', forbidden)).toEqual([...forbidden].sort());
  });

  it('hears rooms and nothing else', async () => {
    const forbidden = ['chat.user.*', 'chat.>', 'chatcmd.>', 'chatlog.>', '_INBOX.>', '>'];
    expect(await refusedSubscribing('reader', forbidden)).toEqual([...forbidden].sort());
  });

  it('is given by its consumer every event of the rooms, and no private message', {
    timeout: 180_000,
  }, async () => {
    const add = await runProgram(['consumers', 'add', 'reader', '--json'], as('operator'));
    expect(add).toMatchObject({ code: 0, stderr: '' });
    const { waiting } = JSON.parse(add.stdout);
    expect(waiting).toBeGreaterThan(3);
    const file = join(folder.path, 'chat.jsonl');
    const logger = startExample('logger.mjs', [file, 'reader'], await programEnv('reader'));
    const lines = async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.split('\n').filter(Boolean);
    };
    await logger.printed(/writing/);
    await eventually('all are written', async () => (await lines()).length === waiting, 30_000);
    expect(await logger.end('SIGTERM')).toBe(0);
    const types = (await lines()).map((line) => JSON.parse(line).type);
    expect(types).toContain('message.posted');
    expect(types).not.toContain('whisper.posted');
    const { stdout } = await runProgram(['consumers', 'list', '--json'], as('operator'));
    expect(JSON.parse(stdout)).toMatchObject({ waiting: 0, unacknowledged: 0 });
  });
});

describe('a bot', () => {
  it('in Python speaks and hears', async () => {
    const env = { ...(await programEnv('bot')), BOT_KEY: key };
    const parrot = startExample('parrot.py', ['1', 'Polly,'], env);
    await parrot.printed(/'ok': True/);
    const nc = await connectAs('bot');
    const say = { key, id: 'p1', type: 'say', text: 'Polly, hello' };
    await nc.request('chatcmd.room.1', JSON.stringify(say));
    await parrot.printed(/message\.posted greeter hello/);
    await parrot.end('SIGKILL');
  });

  it('asks as a bot and not as a relay', async () => {
    const forbidden = [
      ...['chatcmd.relay.room.1', 'chatcmd.relay.user.9', 'chatcmd.login', 'chat.room.1'],
      ...['chatlog.room.1', 'chatctl.relay.beat', '$KV.chat_accounts.id.9'],
    ];
    expect(await refusedPublishing('bot', forbidden)).toEqual([...forbidden].sort());
  });

  it("cannot speak as somebody else, nor hear others' keys", async () => {
    const nc = await connectAs('bot');
    const forged = {
      id: 'f1',
      type: 'say',
      from: { id: '2', name: 'mod' },
      via: 'xml',
      text: 'me',
    };
    const answer = await nc.request('chatcmd.room.1', JSON.stringify(forged));
    expect(answer.json()).toMatchObject({ ok: false, code: 'LOGIN_REQUIRED' });
    const others = ['chatcmd.room.*', 'chatcmd.>', 'chat.user.*', '_INBOX.>', '_INBOX.reader.>'];
    expect(await refusedSubscribing('bot', others)).toEqual([...others].sort());
  });

  it('has nobody write for it, whatever reply subject it names', async () => {
    const before = await lastSequence();
    const nc = await connectAs('bot');
    const wrong = JSON.stringify({ key, id: 'r1', type: 'say', text: '' });
    for (const reply of ['chatlog.room.1', 'chat.room.1', '$KV.chat_accounts.id.9']) {
      nc.publish('chatcmd.room.1', wrong, { reply });
    }
    expect((await nc.request('chatcmd.room.1', wrong)).json()).toMatchObject({ code: 'BAD_FIELD' });
    expect(await lastSequence()).toBe(before);
  });
});

describe('a chat-core', () => {
  it('removes nothing from the log and changes none of its settings', async () => {
    const forbidden = [
      ...['DELETE', 'PURGE', 'UPDATE', 'MSG.DELETE', 'RESTORE'].map(
        (verb) => `$JS.API.STREAM.${verb}.CHATLOG`,
      ),
      ...['chat.room.1', 'chat.user.9', '$JS.API.CONSUMER.CREATE.CHATLOG'],
    ];
    expect(await refusedPublishing('core', forbidden)).toEqual([...forbidden].sort());
  });
});

describe('an operator', () => {
  it('neither writes the log nor removes from it', async () => {
    const forbidden = [
      ...['chatlog.room.1', 'chatlog.user.9', 'chat.room.1'],
      ...['DELETE', 'PURGE', 'MSG.DELETE', 'RESTORE'].map(
        (verb) => `$JS.API.STREAM.${verb}.CHATLOG`,
      ),
    ];
    expect(await refusedPublishing('operator', forbidden)).toEqual([...forbidden].sort());
  });
});

describe('somebody without a login', () => {
  it('is not let in', async () => {
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(
      /AUTHORIZATION/i,
    );
    const wrong = { servers: nats.url, user: 'core', pass: 'core', reconnect: false };
    await expect(connect(wrong)).rejects.toThrow(/AUTHORIZATION/i);
  });
});
