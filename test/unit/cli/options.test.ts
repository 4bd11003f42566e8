import { describe, expect, it } from 'vitest';
import { coreOptions, hostAndPort, isDemo, relayOptions } from '../../../src/cli/options.ts';
import { DIALECTS } from '../../../src/codecs/registry.ts';
import { loadConfig } from '../../../src/config/load.ts';

describe('demo data', () => {
  it.each([
    ['auto', '127.0.0.1', true],
    ['auto', '127.9.9.9', true],
    ['auto', 'localhost', true],
    ['auto', '::1', true],
    ['auto', '0.0.0.0', false],
    ['auto', '127.example', false],
    ['auto', '::', false],
    ['1', '127.0.0.1', true],
    ['0', '127.0.0.1', false],
    ['0', '0.0.0.0', false],
  ])('RELAY_DEMO=%s on %s: %s', (demo, host, wanted) => {
    const { config } = loadConfig({ RELAY_DEMO: demo, RELAY_HOST: host });
    expect(isDemo(config)).toBe(wanted);
    expect(coreOptions(config).guests).toBe(wanted);
  });
});

describe('the dialect of the XML wire', () => {
  it.each(['auto', ...DIALECTS.map(({ name }) => name)])('can be %s', (name) => {
    const { config } = loadConfig({ RELAY_XML_DIALECT: name });
    expect(relayOptions(config).xml.dialect).toBe(name);
  });

  it('is one that there is', () => {
    const { config } = loadConfig({ RELAY_XML_DIALECT: 'klingon' });
    expect(() => relayOptions(config)).toThrow('xml.dialect: there is no such dialect');
  });
});

describe('process ids', () => {
  it('are never the same', () => {
    const { config } = loadConfig({});
    expect(relayOptions(config).self).toMatch(/^relay-[0-9a-f]{8}$/);
    expect(coreOptions(config).self).toMatch(/^core-[0-9a-f]{8}$/);
    expect(relayOptions(config).self).not.toBe(relayOptions(config).self);
  });
});

it('writes an address of IPv6 in brackets', () => {
  expect(hostAndPort('::1', 80)).toBe('[::1]:80');
  expect(hostAndPort('localhost', 80)).toBe('localhost:80');
});
