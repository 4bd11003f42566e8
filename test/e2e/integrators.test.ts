import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { MsgHdrs } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tagged } from '../support/markdown.ts';
import {
  connectToBusOf,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
} from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

// The programs of docs/integrators.md, each run as it stands there beside a running `up`.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: { path: string; remove: () => Promise<void> };
let up: Program;
let env: Record<string, string>;
let ann: WebClient;
let talking: NodeJS.Timeout;

beforeAll(async () => {
  folder = await temporaryFolder();
  up = await startProgram(['up'], {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
  });
  const own = { RELAY_DATA_DIR: folder.path };
  const added = await runProgram(['users', 'add', 'polly', '--bot', '--json'], own);
  const consumer = await runProgram(
    ['consumers', 'add', 'archive', '--since', '2026-11-23T06:00'],
    own,
  );
  expect(consumer).toMatchObject({ code: 0 });
  const { natsUrl } = JSON.parse(await readFile(join(folder.path, 'runtime.json'), 'utf8'));
  env = { NATS_URL: natsUrl, BOT_KEY: JSON.parse(added.stdout).key };
  ann = await connectWeb(Number(up.ready['port']));
  await ann.request({ type: 'login', user: 'ann', password: 'ann' });
  await ann.request({ type: 'join', room: '1' });
  // Somebody must talk for somebody to hear.
  talking = setInterval(() => ann.send({ type: 'say', room: '1', text: 'Hello' }), 200);
});

afterAll(async () => {
  clearInterval(talking);
  ann?.close();
  await up?.stop();
  await folder?.remove();
});

async function run(name: string, program: string): Promise<{ code: number; output: string }> {
  const [command, args]: [string, string[]] = name.endsWith('.py')
    ? ['python3', ['-']]
    : [process.execPath, ['--input-type=module', '-']];
  const child = spawn(command, args, {
    cwd: ROOT,
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
      ...{ PYTHONPATH: join(ROOT, 'examples/bots'), ...env },
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  child.stdin.end(program);
  const [code] = await once(child, 'close');
  return { code, output };
}

const PRINTS: Readonly<Record<string, RegExp>> = {
  'hear.mjs': /^(\d+ \d+ message\.posted ann Hello\n){3}$/,
  'hear.py': /^(\d+ \d+ message\.posted ann Hello\n){3}$/,
  'speak.mjs': /^\{ ok: true, seq: \d+ \}\n$/,
  'speak.py': /^\{'ok': True, 'seq': \d+\}\n$/,
  'pull.mjs': /^(\d+ room\.created\n){2}\d+ member\.entered\n$/,
  'pull.py': /^(\d+ message\.posted\n){3}$/,
};

describe('docs/integrators.md', async () => {
  const text = await readFile(join(ROOT, 'docs/integrators.md'), 'utf8');
  const programs = tagged(text, 'run');
  const said: string[] = [];

  it.each(programs)('shows a program that runs: $argument', async ({ argument, content }) => {
    const { code, output } = await run(argument, content);
    expect(output).toMatch(PRINTS[argument] ?? /^$/);
    expect(code).toBe(0);
    if (argument.startsWith('speak.')) said.push(/\d+/.exec(output)?.[0] ?? '');
  });

  it('shows two that say one line', () => {
    expect(said).toHaveLength(2);
    expect(said[0]).toBe(said[1]);
  });

  it('shows all that this test knows', () => {
    expect(programs.map(({ argument }) => argument)).toEqual(Object.keys(PRINTS));
  });
});

describe('asyncapi.yaml', () => {
  it('is right about what is heard: the payload and the headers of every message', async () => {
    const { components } = parse(await readFile(join(ROOT, 'asyncapi.yaml'), 'utf8'));
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const nc = await connectToBusOf(folder.path);
    const subscription = nc.subscribe('chat.>');
    await nc.flush();
    const mod = await connectWeb(Number(up.ready['port']));
    await mod.request({ type: 'login', user: 'mod', password: 'mod' });
    await mod.request({ type: 'join', room: '2' });
    for (const command of [
      { type: 'whisper', to: '9', text: 'psst' },
      { type: 'mute', room: '2', user: '9', seconds: 60, reason: 'flood' },
      { type: 'unmute', room: '2', user: '9' },
      { type: 'ban', room: '2', user: '9' },
      { type: 'unban', room: '2', user: '9' },
      { type: 'leave', room: '2' },
    ]) {
      expect(await mod.request(command)).not.toMatchObject({ type: 'error' });
    }
    mod.close();
    const types = new Set<string>();
    for await (const message of subscription) {
      const event = message.json<{ type: string }>();
      const kind = message.subject.split('.')[1];
      const schemas = components.schemas;
      const isValid = (schema: object, value: unknown) =>
        ajv.validate(schema, value) ? 'valid' : ajv.errorsText();
      expect(isValid(schemas[event.type], event), JSON.stringify(event)).toBe('valid');
      const headers = isValid(schemas[`${kind}.headers`], asObject(message.headers));
      expect(headers, event.type).toBe('valid');
      types.add(event.type);
      if (event.type === 'member.left') break;
    }
    await nc.close();
    expect([...types].sort()).toEqual([
      ...['member.banned', 'member.entered', 'member.left', 'member.muted'],
      ...['member.unbanned', 'member.unmuted', 'message.posted', 'whisper.posted'],
    ]);
  });
});

function asObject(headers: MsgHdrs | undefined): Record<string, string> {
  return Object.fromEntries([...(headers ?? [])].map(([name, [value = '']]) => [name, value]));
}
