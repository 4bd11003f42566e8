import { describe, expect, it } from 'vitest';
import { isLoopbackHost, isOriginAllowed } from '../../../src/transports/origin.ts';

const LISTED = ['https://chat.example', 'http://127.0.0.1:8080'];

describe('a page may connect', () => {
  it.each<[why: string, origin: string | undefined, host: string | undefined, allowed: boolean]>([
    ['no browser, no origin', undefined, 'chat.example', true],
    ['the host that was asked', 'https://chat.example', 'chat.example', true],
    ['with its port', 'http://chat.example:9339', 'chat.example:9339', true],
    ['in other letters', 'http://chat.example:9339', 'Chat.Example:9339', true],
    ['another host', 'https://evil.example', 'chat.example', false],
    ['another port', 'http://chat.example:8080', 'chat.example:9339', false],
    ['a host that ends alike', 'https://evilchat.example', 'chat.example', false],
    ['a host that begins alike', 'https://chat.example.evil.example', 'chat.example', false],
    ['a user that looks like the host', 'https://chat.example@evil.example', 'chat.example', false],
    ['no host was asked', 'https://chat.example', undefined, false],
    ['a page without an origin', 'null', 'null', false],
    ['a file', 'file://', 'chat.example', false],
    ['nonsense', 'chat.example', 'chat.example', false],
    ['empty', '', 'chat.example', false],
    ['loopback, but this is not a loopback listener', 'http://localhost', 'chat.example', false],
  ])('%s', (_why, origin, host, allowed) => {
    const check = { origin, host, allowedOrigins: [], isLoopback: false };
    expect(isOriginAllowed(check)).toBe(allowed);
  });

  it.each<[why: string, origin: string | undefined, allowed: boolean]>([
    ['in the list', 'https://chat.example', true],
    ['in the list with its port', 'http://127.0.0.1:8080', true],
    ['no origin', undefined, true],
    ['another scheme', 'http://chat.example', false],
    ['another port', 'https://chat.example:8443', false],
    ['a path', 'https://chat.example/', false],
    ['the host that was asked, but not in the list', 'https://relay.example', false],
    ['loopback, but not in the list', 'http://localhost:9339', false],
    ['null', 'null', false],
  ])('with a list: %s', (_why, origin, allowed) => {
    const check = { origin, host: 'relay.example', allowedOrigins: LISTED, isLoopback: true };
    expect(isOriginAllowed(check)).toBe(allowed);
  });

  it.each<[origin: string, allowed: boolean]>([
    ['http://localhost', true],
    ['http://localhost:5173', true],
    ['https://127.0.0.1:1', true],
    ['http://127.1.2.3', true],
    ['http://[::1]:8080', true],
    ['http://app.localhost:3000', true],
    ['http://localhost.evil.example', false],
    ['http://127.0.0.1.evil.example', false],
    ['http://192.168.0.1', false],
    ['null', false],
  ])('on a loopback listener: %s', (origin, allowed) => {
    const check = { origin, host: '127.0.0.1:9339', allowedOrigins: [], isLoopback: true };
    expect(isOriginAllowed(check)).toBe(allowed);
  });
});

describe('a host that means this machine', () => {
  it.each([
    ['localhost', true],
    ['LOCALHOST', true],
    ['127.0.0.1', true],
    ['::1', true],
    ['[::1]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.example', false],
    ['', false],
  ])('%s: %s', (host, isLoopback) => {
    expect(isLoopbackHost(host)).toBe(isLoopback);
  });
});
