import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loginOptions } from '../../../src/bus/bus-login.ts';
import { busLogin } from '../../../src/cli/bus-login.ts';
import { loadConfig } from '../../../src/config/load.ts';

let folder: string;
const seed = new TextDecoder().decode(nkeys.createUser().getSeed());

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-test-login-'));
  write('password', 's3cret \n');
  write('seed', `${seed}\n`);
  write(
    'creds',
    `-----BEGIN NATS USER JWT-----\nabc.def.ghi\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function login(env: Record<string, string>) {
  const paths = Object.entries(env).map(([name, value]) => [
    `RELAY_NATS_${name}`,
    name.endsWith('FILE') ? join(folder, value) : value,
  ]);
  const { config } = loadConfig({ RELAY_NATS_URL: 'nats://h:1', ...Object.fromEntries(paths) });
  return busLogin(config);
}

describe('the login to NATS', () => {
  it('is left to the address if nothing else is configured', () => {
    expect(login({})).toEqual({ login: null, apiPrefix: '$JS.API' });
  });

  it('is a user with a password, of the configuration or of a file', () => {
    const expected = { kind: 'password', user: 'relay', password: 's3cret ' };
    expect(login({ USER: 'relay', PASSWORD: 's3cret ' }).login).toEqual(expected);
    expect(login({ USER: 'relay', PASSWORD_FILE: 'password' }).login).toEqual(expected);
  });

  it.each([
    ['NKEY_FILE', 'seed'],
    ['CREDS_FILE', 'creds'],
  ])('is the signature of an nkey: %s', (key, file) => {
    const found = login({ [key]: file }).login;
    const { authenticator } = found === null ? {} : loginOptions(found);
    if (typeof authenticator !== 'function') throw new Error('there is no authenticator');
    const auth = authenticator('nonce');
    expect(JSON.stringify(auth)).toMatch(/"sig":"[\w+/=-]{80,}"/);
    expect(JSON.stringify(auth)).not.toContain(seed);
  });

  it('takes no part in a NATS of our own', () => {
    const { config } = loadConfig({ RELAY_NATS_USER: 'relay' });
    expect(busLogin(config).login).toBeNull();
  });

  it.each([
    [{ USER: 'relay' }, /natsUser and natsPassword/],
    [{ PASSWORD: 'x' }, /natsUser and natsPassword/],
    [{ USER: 'relay', PASSWORD: 'x', NKEY_FILE: 'seed' }, /only one/],
    [{ NKEY_FILE: 'missing' }, /natsNkeyFile: .* cannot be read/],
    [{ NKEY_FILE: 'password' }, /natsNkeyFile: the file does not hold/],
    [{ CREDS_FILE: 'seed' }, /natsCredsFile: the file does not hold/],
  ])('that is not one is refused by its key: %j', (env, message) => {
    expect(() => login(env)).toThrow(message);
  });
});
