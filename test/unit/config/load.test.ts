import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, configKeys, loadConfig, variableOf } from '../../../src/config/load.ts';
import { renderConfig } from '../../../src/config/render.ts';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-test-config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('config/default.yaml', () => {
  const text = readFileSync(new URL('../../../config/default.yaml', import.meta.url), 'utf8');

  it('names every key, and no other', () => {
    expect(keysOf(parse(text)).sort()).toEqual(configKeys().sort());
  });

  it('is a valid configuration', () => {
    const { config, given } = loadConfig({});
    expect(config).toEqual(parse(text));
    expect(given.size).toBe(0);
  });

  it('has the documented defaults', () => {
    expect(loadConfig({}).config).toMatchObject({
      ...{ host: '127.0.0.1', port: 9339, adminPort: 9340, policyPort: null, natsUrl: null },
      ...{ dataDir: './data', logLevel: 'info', allowedOrigins: [], demo: false, rateLimits: true },
    });
  });
});

describe('a configuration file', () => {
  it('overlays the defaults, key by key', () => {
    const file = write('port: 1234\nlimits:\n  frameMaxBytes: 4096\n');
    const { config, given } = loadConfig({}, file);
    expect(config.port).toBe(1234);
    expect(config.limits.frameMaxBytes).toBe(4096);
    expect(config.limits.textMaxCodePoints).toBe(4000);
    expect([...given].sort()).toEqual(['limits.frameMaxBytes', 'port']);
  });

  it.each([
    ['an unknown key', 'colour: red\n', /unknown key colour/],
    ['an unknown key in a section', 'limits:\n  frames: 1\n', /unknown key limits\.frames/],
    ['a key of every object', '__proto__:\n  port: 1\n', /unknown key __proto__/],
    ['a wrong type', 'port: many\n', /port: /],
    ['a value out of range', 'limits:\n  frameMaxBytes: 1\n', /limits\.frameMaxBytes: /],
    ['a section that is a value', 'limits: 5\n', /limits: /],
    ['an origin with a path', 'allowedOrigins: ["https://a.example/x"]\n', /allowedOrigins\.0: /],
    ['a name for an address', 'trustedProxies: [proxy.example]\n', /trustedProxies\.0: /],
    ['a network too wide', 'limits: {addressExempt: [10.0.0.0/33]}\n', /addressExempt\.0: /],
    ['a list', '- port\n', /must hold keys and values/],
    ['no YAML', 'a: [\n', /could not be read/],
  ])('with %s is refused by name', (_what, text, message) => {
    const file = write(text);
    expect(() => loadConfig({}, file)).toThrow(ConfigError);
    expect(() => loadConfig({}, file)).toThrow(message);
  });

  it('that is not there is named', () => {
    expect(() => loadConfig({}, join(folder, 'absent.yaml'))).toThrow(/absent\.yaml/);
  });

  it('may be empty', () => {
    expect(loadConfig({}, write('')).config.port).toBe(9339);
  });
});

describe('environment variables', () => {
  it('overlay the file', () => {
    const file = write('port: 1234\nhost: localhost\n');
    const { config, given } = loadConfig({ RELAY_PORT: '5' }, file);
    expect(config).toMatchObject({ port: 5, host: 'localhost' });
    expect(given).toContain('port');
  });

  it.each([
    ['RELAY_RATE_LIMITS', 'off', { rateLimits: false }],
    ['RELAY_RATE_LIMITS', '1', { rateLimits: true }],
    ['RELAY_DEMO', '1', { demo: true }],
    ['RELAY_DEMO', '0', { demo: false }],
    ['RELAY_DEMO', 'auto', { demo: 'auto' }],
    ['RELAY_POLICY_PORT', '', { policyPort: null }],
    ['RELAY_POLICY_PORT', '843', { policyPort: 843 }],
    ['RELAY_NATS_URL', '', { natsUrl: null }],
    ['RELAY_NATS_URL', 'nats://a:1,nats://b:2', { natsUrl: 'nats://a:1,nats://b:2' }],
    ['RELAY_ALLOWED_ORIGINS', '', { allowedOrigins: [] }],
    [
      'RELAY_ALLOWED_ORIGINS',
      'https://a.example, http://b.example:81',
      { allowedOrigins: ['https://a.example', 'http://b.example:81'] },
    ],
    [
      'RELAY_POLICY_PORTS',
      '9339,843',
      { policy: { domains: ['*'], ports: [9339, 843], masterOnly: false } },
    ],
    ['RELAY_LIMITS_FRAME_MAX_BYTES', '512', { limits: { frameMaxBytes: 512 } }],
  ])('%s=%s', (variable, value, expected) => {
    expect(loadConfig({ [variable]: value }).config).toMatchObject(expected);
  });

  it.each([
    ['RELAY_PORT', 'http'],
    ['RELAY_PORT', '70000'],
    ['RELAY_PORT', ''],
    ['RELAY_DEMO', 'perhaps'],
    ['RELAY_LOG_LEVEL', 'loud'],
    ['RELAY_HOST', ''],
  ])('%s=%s is refused by name', (variable, value) => {
    expect(() => loadConfig({ [variable]: value })).toThrow(ConfigError);
    expect(() => loadConfig({ [variable]: value })).toThrow(variable);
  });

  it('that name no key are told, not refused', () => {
    const env = { RELAY_PORT_9339_TCP: 'tcp://10.0.0.1:9339', PATH: '/bin' };
    expect(loadConfig(env).unknownVariables).toEqual(['RELAY_PORT_9339_TCP']);
  });

  it('have names of their own for every key', () => {
    const names = configKeys().map(variableOf);
    expect(new Set(names).size).toBe(names.length);
    expect(variableOf('limits.frameMaxBytes')).toBe('RELAY_LIMITS_FRAME_MAX_BYTES');
  });
});

describe('the configuration', () => {
  it('cannot be changed', () => {
    const { config } = loadConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.limits)).toBe(true);
    expect(Object.isFrozen(config.policy.domains)).toBe(true);
  });

  it('is printed without secrets, and otherwise as it could be read again', () => {
    const secret = 'a-secret-of-more-than-32-characters';
    const env = { RELAY_CORE_JWT_SECRET: secret, RELAY_NATS_URL: 'nats://me:hidden@host:4222' };
    const { config } = loadConfig(env);
    const printed = renderConfig(config);
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain('hidden');
    expect(parse(printed)).toEqual({
      ...config,
      natsUrl: '***',
      core: { ...config.core, jwtSecret: '***' },
    });
  });
});

function write(text: string): string {
  files += 1;
  const file = join(folder, `${files}.yaml`);
  writeFileSync(file, text);
  return file;
}

function keysOf(tree: object, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isSection ? keysOf(value, `${prefix}${name}.`) : [prefix + name];
  });
}
