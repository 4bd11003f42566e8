import { describe, expect, it } from 'vitest';
import { readAssets } from '../../../src/web/assets.ts';
import { answer, type SiteRequest } from '../../../src/web/site.ts';
import { isAuthority, socketProxy } from '../../../src/web/socket-proxy.ts';

const assets = readAssets({
  guests: true,
  logins: {
    flash: { user: 'enobrev', password: 'mypassword' },
    web: { user: 'ann', password: 'ann' },
  },
});
const request: SiteRequest = {
  method: 'GET',
  target: '/',
  host: 'chat.example:9339',
  ifNoneMatch: undefined,
  port: 9339,
};

describe('the pages', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/?room=1', 'text/html; charset=utf-8'],
    ['/web/demo.js', 'text/javascript; charset=utf-8'],
    ['/web/style.css', 'text/css; charset=utf-8'],
    ['/web/chat.swf', 'application/x-shockwave-flash'],
    ['/web/settings.json', 'application/json'],
    ['/ruffle/ruffle.js', 'text/javascript; charset=utf-8'],
    ['/ruffle.json', 'application/json'],
    ['/protocol.md', 'text/plain; charset=utf-8'],
  ])('has %s', (target, type) => {
    const { status, headers, body } = answer(assets, { ...request, target });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(type);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).not.toBeNull();
  });

  it('sends WebAssembly as such, to be kept for ever', () => {
    const target = [...assets.keys()].find((path) => path.endsWith('.wasm')) ?? '';
    const { headers } = answer(assets, { ...request, target });
    expect(headers['content-type']).toBe('application/wasm');
    expect(headers['cache-control']).toContain('immutable');
  });

  it.each([
    '/web/',
    '/web/../package.json',
    '/web/%2e%2e/package.json',
    '//etc/passwd',
    '/ruffle/package.json',
    '/ruffle/ruffle.js.map',
    '/__proto__',
    '',
    '*',
    'http://chat.example/',
  ])('has no %s', (target) => {
    expect(answer(assets, { ...request, target }).status).toBe(404);
  });

  it('answers HEAD without a body and takes nothing else', () => {
    const head = answer(assets, { ...request, method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: null });
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      const refused = answer(assets, { ...request, method });
      expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
  });

  it('sends nothing again that the browser has', () => {
    const { etag = '' } = answer(assets, request).headers;
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(answer(assets, { ...request, ifNoneMatch })).toMatchObject({
        status: 304,
        body: null,
      });
    }
    expect(answer(assets, { ...request, ifNoneMatch: '"other"' }).status).toBe(200);
  });

  it('lets a page reach this relay and nothing else', () => {
    const policy = answer(assets, request).headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self' ws://chat.example:9339 wss://chat.example:9339;");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it.each(['a;script-src *', 'a b', 'a/b', 'user@a', 'a:b', ''])(
    'refuses the host "%s"',
    (host) => {
      const { status, headers } = answer(assets, { ...request, host });
      expect(status).toBe(400);
      expect(headers['content-security-policy']).toContain("connect-src 'self';");
    },
  );

  it('tells no passwords when nobody is to be logged in', () => {
    const { body } = answer(readAssets({ guests: false, logins: null }), {
      ...request,
      target: '/web/settings.json',
    });
    expect(JSON.parse(String(body))).toEqual({ guests: false, logins: null });
  });
});

describe('the socketProxy of Ruffle', () => {
  it('names the host of the page, localhost and 127.0.0.1', () => {
    const proxyUrl = 'ws://chat.example:9339/xmlsocket';
    expect(socketProxy('chat.example:9339', 9339)).toEqual([
      { host: 'chat.example', port: 9339, proxyUrl },
      { host: 'localhost', port: 9339, proxyUrl },
      { host: '127.0.0.1', port: 9339, proxyUrl },
    ]);
  });

  it('names the port of the page, too, when it is another', () => {
    const ports = socketProxy('chat.example', 9339).map(({ port }) => port);
    expect([...new Set(ports)]).toEqual([9339, 80]);
  });

  it('stands in /ruffle.json as Ruffle reads it', () => {
    const { body } = answer(assets, { ...request, host: 'localhost:9339', target: '/ruffle.json' });
    expect(JSON.parse(String(body))).toEqual({ socketProxy: socketProxy('localhost:9339', 9339) });
  });

  it.each(['localhost', '[::1]:9339', '192.0.2.1:80', 'Chat.Example'])('knows %s', (host) => {
    expect(isAuthority(host)).toBe(true);
  });
});
