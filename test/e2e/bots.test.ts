import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningExample, startExample } from '../support/example.ts';
import { connectLegacy } from '../support/legacy-client.ts';
import { eventually } from '../support/log.ts';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

// The bots of examples/bots, each as a program of its own beside a running `up`.

let folder: { path: string; remove: () => Promise<void> };
let up: Program;
let env: Record<string, string>;
let ann: WebClient;
const running: RunningExample[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  up = await startProgram(['up'], {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
  });
  const added = await run('users', 'add', 'polly', '--bot', '--id', '31', '--json');
  const { natsUrl } = JSON.parse(await readFile(join(folder.path, 'runtime.json'), 'utf8'));
  env = { NATS_URL: natsUrl, BOT_KEY: JSON.parse(added).key };
  ann = await connectWeb(Number(up.ready['port']));
  await ann.request({ type: 'login', user: 'ann', password: 'ann' });
  await ann.request({ type: 'join', room: '1' });
});

afterAll(async () => {
  await Promise.all(running.map((example) => example.end('SIGKILL')));
  ann?.close();
  await up?.stop();
  await folder?.remove();
});

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(args, { RELAY_DATA_DIR: folder.path });
  expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
}

function start(file: string, ...args: string[]): RunningExample {
  const example = startExample(file, args, env);
  running.push(example);
  return example;
}

const say = (text: string) => ann.request({ type: 'say', room: '1', text });
const heard = (text: string) => ann.until('message.posted', (event) => event['text'] === text);

async function historyOf(room: string): Promise<{ id: string; seq: number; room: string }[]> {
  const lines = await run('history', room, '--json');
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe('an example', () => {
  it.each(['logger.mjs', 'webhook.mjs', 'keyword.mjs', 'parrot.py'])(
    'is short: %s',
    async (file) => {
      const text = await readFile(new URL(`../../examples/bots/${file}`, import.meta.url), 'utf8');
      expect(text.trimEnd().split('\n').length).toBeLessThan(60);
    },
  );
});

describe('the keyword bot', () => {
  it('answers a word once, also when two of it run', async () => {
    const bots = [1, 2].map(() => start('keyword.mjs', '1', 'weather', 'Rain, {name}.'));
    for (const bot of bots) await bot.printed(/listening/);
    const asked = await say('How is the Weather?');
    expect(await heard('Rain, ann.')).toMatchObject({ from: { name: 'polly' } });
    for (const bot of bots) expect(await bot.end('SIGTERM')).toBe(0);
    const answers = (await historyOf('1')).filter(({ id }) => id === `re-${asked['seq']}`);
    expect(answers).toHaveLength(1);
  });

  it('says why it said nothing', async () => {
    const bot = startExample('keyword.mjs', ['1', 'joke', 'No.'], { ...env, BOT_KEY: 'bot-1-x' });
    running.push(bot);
    await bot.printed(/listening/);
    await say('Tell me a joke');
    await bot.printed(/not said: BAD_FIELD/);
  });
});

describe('the bridge to a webhook', () => {
  let server: Server;
  const requests: { key: string | undefined; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        requests.push({ key: String(request.headers['idempotency-key']), body });
        // The first time it is busy.
        response.writeHead(requests.length === 1 ? 503 : 204).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => server.close());

  it('posts what is said, again where the hook was busy, under the same key', async () => {
    const { port } = server.address() as AddressInfo;
    const bridge = start('webhook.mjs', '1', `http://127.0.0.1:${port}/hook`);
    await bridge.printed(/posting/);
    const said = await say('Tell everybody');
    await say('And this');
    await eventually('three posts', () => requests.length >= 3, 30_000);
    const seq = said['seq'];
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      ...{ room: '1', seq, name: 'ann', text: 'Tell everybody' },
    });
    expect(requests[1]).toEqual(requests[0]);
    expect(requests[0]?.key).toBe(`chat-${seq}`);
    expect(JSON.parse(requests[2]?.body ?? '')).toMatchObject({ text: 'And this' });
    expect(await bridge.end('SIGTERM')).toBe(0);
  });
});

describe('the logger', () => {
  it('has every event once, though it was killed while it wrote and away for a while', {
    timeout: 120_000,
  }, async () => {
    await run('consumers', 'add', 'logger');
    const file = join(folder.path, 'chat.jsonl');
    const written = async () =>
      (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const first = start('logger.mjs', file, 'logger');
    await first.printed(/writing/);
    const saying = (async () => {
      for (let index = 0; index < 60; index += 1) await say(`line ${index}`);
    })();
    await eventually('it has written a little', async () => (await written()).length > 10);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    await saying;
    const second = start('logger.mjs', file, 'logger');
    const stored = [...(await historyOf('1')), ...(await historyOf('2'))];
    await eventually(
      'it has caught up',
      async () => {
        // Where it ends by itself, it says why.
        if (/missing|Error/.test(second.output())) throw new Error(second.output());
        return (await written()).length >= stored.length;
      },
      60_000,
    );
    const lines = (await written()).map((line) => JSON.parse(line));
    const inRoom = (events: typeof lines, room: string) =>
      events.filter((event) => event.room === room);
    for (const room of ['1', '2']) expect(inRoom(lines, room)).toEqual(inRoom(stored, room));
    expect(await second.end('SIGTERM')).toBe(0);
  });
});

describe('the parrot, in Python with its standard library alone', () => {
  it('hears a room, speaks in it, and finds the hash chain whole', async () => {
    const parrot = start('parrot.py', '1', 'Polly,');
    await parrot.printed(/'ok': True.*'members': \[\{'id': '9', 'name': 'ann'\}\]/);
    const flash = await connectLegacy(Number(up.ready['port']));
    flash.send('<login u="enobrev" p="mypassword" />');
    flash.send('<room id="1" />');
    await flash.until('<users ');
    await say('Polly, hello from Python \u{1F99C}');
    expect(await heard('hello from Python \u{1F99C}')).toMatchObject({ from: { name: 'polly' } });
    // A client of 2004, which knows names by who is in the room, is shown whose line it is.
    const shown = await flash.until('<user id="31');
    expect(shown).toMatch(/^<user id="31" room_id="1">polly<\/user>$/);
    expect(await flash.next()).toBe('<msg from_id="31">hello from Python \u{1F99C}</msg>');
    expect(await flash.next()).toBe('<user id="31" room_id="1" gone="1">polly</user>');
    flash.close();
    await parrot.printed(/\d+ message\.posted polly hello from Python/);
    await say('Not for you');
    await parrot.printed(/\d+ message\.posted ann Not for you/);
    expect(parrot.output()).not.toMatch(/missed|broken/);
  });
});
