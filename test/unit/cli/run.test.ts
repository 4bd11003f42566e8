import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/run.ts';
import { ownVersion } from '../../../src/cli/version.ts';
import { cli } from './io.ts';

// A data folder that nobody holds.
const NOWHERE = { RELAY_DATA_DIR: '/nonexistent' };

describe('help', () => {
  it.each([...COMMANDS.keys()])('of %s', async (name) => {
    const { code, stdout, stderr } = await cli([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
    expect(await cli([name, 'surplus', '-h'])).toMatchObject({ code: 0, stdout });
  });

  it('lists every command', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS.keys()) expect(stdout).toContain(`\n  ${name} `);
    expect(await cli(['help'])).toMatchObject({ code: 0, stdout });
    expect(await cli([])).toMatchObject({ code: 2, stdout });
  });

  it('fits a terminal', async () => {
    for (const name of COMMANDS.keys()) {
      const { stdout } = await cli([name, '--help']);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(105);
    }
  });

  it('tells the version', async () => {
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${ownVersion()}\n` });
  });
});

describe('wrong usage exits with 2 and one line', () => {
  it.each([
    ['an unknown command', ['dance']],
    ['a command of every object', ['constructor']],
    ['an unknown option', ['up', '--fast']],
    ['an option without its value', ['up', '--config']],
    ['an argument too many', ['check-config', 'x']],
    ['users without an action', ['users']],
    ['users with an unknown action', ['users', 'toString']],
    ['users add without a name', ['users', 'add']],
    ['users add with two names', ['users', 'add', 'a', 'b']],
    ['users add with a name that cannot be', ['users', 'add', ' a']],
    ['users add with an id that cannot be', ['users', 'add', 'a', '--id', '0']],
    ['users add with a role that cannot be', ['users', 'add', 'a', '--role', 'guest']],
    ['users role with a role that cannot be', ['users', 'role', 'a', 'king']],
    ['a password without a terminal', ['users', 'add', 'a']],
    ['an empty password', ['users', 'add', 'a', '--password-stdin']],
    ['a room id that cannot be', ['rooms', 'add', 'a.b', 'Name']],
    ['a room name that cannot be', ['rooms', 'add', 'a', '']],
    ['rooms add without a name', ['rooms', 'add', 'a']],
    ['history without a room', ['history']],
    ['history of a room that cannot be', ['history', 'a*']],
    ['a time that is none', ['history', '1', '--since', 'yesterday']],
    ['a day that is none', ['history', '1', '--since', '2026-13-01']],
    ['a limit of nothing', ['history', '1', '--limit', '0']],
    ['an unknown format', ['history', '1', '--format', 'pdf']],
    ['a zone that is none', ['history', '1', '--tz', 'Europe/Nowhere']],
    ['a sequence that is none', ['history', '1', '--after', '-1']],
    ['a place around and a time', ['history', '1', '--around', '5', '--since', '2026-01']],
    ['a search for nothing', ['search']],
    ['a search for no words', ['search', '""']],
    ['a search in a room that cannot be', ['search', 'x', '--room', '*']],
    ['a search for whispers in a room', ['search', 'x', '--room', '1', '--whispers']],
    ['a search with too much context', ['search', 'x', '--context', '1001']],
    ['a replay of a room that cannot be', ['replay', '*']],
    ['a replay of a room into itself', ['replay', '1', '--to', '1']],
    ['a replay into two places', ['replay', '1', '--to', '2', '--to-subject', 'x']],
    ['a replay onto a live room', ['replay', '1', '--to-subject', 'chat.room.2']],
    ['a replay into the log', ['replay', '1', '--to-subject', 'chatlog.room.2']],
    ['a replay onto the subjects of NATS', ['replay', '1', '--to-subject', '$JS.API.INFO']],
    ['a replay onto every subject', ['replay', '1', '--to-subject', 'x.>']],
    ['a replay that does not move', ['replay', '1', '--speed', '0']],
    ['a replay with a name that cannot be', ['replay', '1', '--id', 'a.b']],
    ['a replay as a page', ['replay', '1', '--format', 'html']],
    ['an export of nothing', ['export']],
    ['an export of a room and of all', ['export', '1', '--all']],
    ['an export of a room that cannot be', ['export', '1', '*']],
    ['a fault that there is not', ['torture', '--faults', 'burn']],
    ['a fault of what others started', ['torture', '--url', 'a:1', '--faults', 'kill-core']],
    ['an address that is none', ['torture', '--url', 'nowhere']],
    ['too few clients', ['torture', '--clients', '1']],
    ['a stalled reader among faults', ['torture', '--stalled', '1', '--faults', 'cut']],
    ['a number of seeds that is none', ['torture', '--seeds', 'many']],
  ])('%s', async (_what, args) => {
    const { code, stdout, stderr } = await cli(args, NOWHERE);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^xmlsocket-relay.*--help\n$/);
  });
});

const OPEN_DEMO = {
  RELAY_DEMO: '1',
  RELAY_HOST: '0.0.0.0',
  RELAY_NATS_URL: 'nats://127.0.0.1:1',
};

const FAILURES: readonly (readonly [string, string[], NodeJS.ProcessEnv, RegExp])[] = [
  ['users on nothing', ['users', 'list'], NOWHERE, /no running system: .*\/nonexistent/],
  ['rooms on nothing', ['rooms', 'list'], NOWHERE, /no running system/],
  ['history of nothing', ['history', '1'], NOWHERE, /no running system/],
  ['search of nothing', ['search', 'x'], NOWHERE, /no running system/],
  ['replay of nothing', ['replay', '1'], NOWHERE, /no running system/],
  ['export of nothing', ['export', '--all'], NOWHERE, /no running system/],
  ['torture of nothing', ['torture', '--url', '127.0.0.1:1'], NOWHERE, /no running system/],
  ['a wrong variable', ['up'], { RELAY_PORT: 'x' }, /RELAY_PORT \(port\)/],
  ['a file that is not there', ['up', '--config', '/nonexistent.yaml'], {}, /nonexistent\.yaml/],
  ['a relay without NATS', ['relay'], {}, /natsUrl \(RELAY_NATS_URL\)/],
  ['a chat-core without NATS', ['core'], {}, /natsUrl \(RELAY_NATS_URL\)/],
  [
    'a key file that is not there',
    ['check-config'],
    { RELAY_CORE_JWT_PUBLIC_KEY_FILE: '/nonexistent.pem' },
    /core\.jwtPublicKeyFile/,
  ],
  ['demo data for everybody (up)', ['up'], OPEN_DEMO, /demo: .*refused on 0\.0\.0\.0/],
  ['demo data for everybody (relay)', ['relay'], OPEN_DEMO, /demo: .*refused on 0\.0\.0\.0/],
  ['demo data for everybody (core)', ['core'], OPEN_DEMO, /demo: .*refused on 0\.0\.0\.0/],
];

describe('a failure exits with 1 and one line', () => {
  it.each(FAILURES)('%s', async (_what, args, env, message) => {
    const { code, stdout, stderr } = await cli(args, { RELAY_LOG_LEVEL: 'silent', ...env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('check-config', () => {
  it('prints the configuration and warns of variables that name no key', async () => {
    const { code, stdout, stderr } = await cli(['check-config'], { RELAY_PROT: '1' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^port: 9339$/m);
    expect(stderr).toBe('xmlsocket-relay: warning: RELAY_PROT names no key\n');
  });

  it('prints JSON', async () => {
    const { stdout } = await cli(['check-config', '--json'], { RELAY_NATS_URL: 'nats://a:b@c' });
    expect(JSON.parse(stdout)).toMatchObject({ port: 9339, natsUrl: '***' });
  });
});
