import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let up: Program;
const port = () => Number(up.ready['adminPort']);
const own = () => `http://127.0.0.1:${port()}`;

beforeAll(async () => {
  folder = await temporaryFolder();
  up = await startProgram(['up'], {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
    ...{ RELAY_OPERATOR_PAGES: 'login', RELAY_OPERATOR_FAILED_LOGINS_PER_MINUTE: '3' },
  });
});

afterAll(async () => {
  await up.stop();
  await folder.remove();
});

function ask(
  path: string,
  { headers = {}, form }: { headers?: Record<string, string>; form?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const asked = request(
      {
        ...{ host: '127.0.0.1', port: port(), path, method: form === undefined ? 'GET' : 'POST' },
        headers: { ...(form === undefined ? {} : type), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(form);
  });
}

async function logIn(): Promise<{ cookie: string; formKey: string }> {
  const form = 'user=mod&password=mod';
  const { status, headers } = await ask('/operator/login', { form, headers: { origin: own() } });
  expect(status).toBe(303);
  const [set = ''] = headers['set-cookie'] ?? [];
  expect(set).toMatch(/; Path=\/operator; HttpOnly; SameSite=Strict; Max-Age=28800$/);
  const cookie = set.split(';')[0] ?? '';
  const { text } = await ask('/operator/rooms/1', { headers: { cookie } });
  return { cookie, formKey: /name="form-key" value="([^"]+)"/.exec(text)?.[1] ?? '' };
}

describe("the operator's pages", () => {
  it.each([
    '',
    '/rooms/1',
    '/replays',
    '/connections',
    '/health',
    '/search?words=x',
    '/live',
    '/rooms/1/transcript',
  ])('show nothing without a login: /operator%s', async (path) => {
    expect(await ask(`/operator${path}`)).toMatchObject({
      status: 303,
      headers: { location: '/operator/login' },
      text: '',
    });
  });

  it('are not shown under a name that somebody made up for this machine', async () => {
    const { cookie } = await logIn();
    for (const host of ['evil.example', 'evil.example:9340', '127.0.0.1.evil.example']) {
      expect((await ask('/operator', { headers: { host, cookie } })).status).toBe(421);
    }
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:9340']) {
      expect((await ask('/operator', { headers: { host, cookie } })).status).toBe(200);
    }
  });

  it('do only what a form of their own asks', async () => {
    const { cookie, formKey } = await logIn();
    const text = 'act=announce&text=Hi';
    const post = (form: string, headers: Record<string, string>) =>
      ask('/operator/rooms/1/act', { form, headers });
    const whole = `${text}&form-key=${formKey}`;
    expect((await post(whole, { origin: own() })).status).toBe(403);
    expect((await post(whole, { cookie })).status).toBe(403);
    expect((await post(whole, { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await post(whole, { cookie, origin: 'null' })).status).toBe(403);
    expect((await post(text, { cookie, origin: own() })).status).toBe(403);
    expect((await post(`${text}&form-key=x`, { cookie, origin: own() })).status).toBe(403);
    const done = await post(whole, { cookie, origin: own() });
    expect(done).toMatchObject({
      status: 303,
      headers: { location: '/operator/rooms/1?done=announce' },
    });
    const unknown = await post(`act=kick&user=77&form-key=${formKey}`, { cookie, origin: own() });
    expect(unknown.headers['location']).toBe('/operator/rooms/1?refused=NO_SUCH_USER');
    await ask('/operator/logout', {
      form: `form-key=${formKey}`,
      headers: { cookie, origin: own() },
    });
    expect((await post(whole, { cookie, origin: own() })).status).toBe(403);
  });

  it('refuse what is too long, no form, or nowhere', async () => {
    const { cookie } = await logIn();
    const headers = { cookie, origin: own() };
    const long = await ask('/operator/rooms/1/act', { form: 'x'.repeat(20_000), headers });
    expect(long.status).toBe(413);
    const json = { ...headers, 'content-type': 'application/json' };
    expect((await ask('/operator/rooms/1/act', { form: '{}', headers: json })).status).toBe(415);
    for (const path of [
      '/operator/x',
      '/operator/rooms',
      '/operator/rooms/a*b',
      '/operator/rooms/1/x',
    ]) {
      expect((await ask(path, { headers })).status, path).toBe(404);
    }
    expect((await ask('/operator/rooms/77', { headers })).status).toBe(404);
    const bad = '/operator/rooms/1/transcript?format=pdf';
    expect((await ask(bad, { headers })).status).toBe(400);
    const odd = await ask('/operator/..%2f..%2fetc/passwd', { headers });
    expect(odd.status).toBe(404);
  });

  it('run nothing but their own files, and are framed by nobody', async () => {
    const { headers, text } = await ask('/operator/login');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|style=/);
  });

  // The last one: what it does to logins lasts a minute.
  it('check no more logins when too many failed', async () => {
    const tries = [];
    for (let count = 0; count < 4; count += 1) {
      const form = 'user=mod&password=guess';
      tries.push((await ask('/operator/login', { form, headers: { origin: own() } })).status);
    }
    expect(tries).toEqual([403, 403, 403, 429]);
    const form = 'user=mod&password=mod';
    expect((await ask('/operator/login', { form, headers: { origin: own() } })).status).toBe(429);
    expect((await ask('/metrics')).text).toContain('admin_logins_total{outcome="LOGIN_FAILED"} 3');
  });
});
