import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy, type LegacyClient } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb, type WebClient } from '../support/web-client.ts';

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({
    RELAY_LOG_LEVEL: 'warn',
    RELAY_LIMITS_ROOMS_PER_SESSION_MAX: '1',
    RELAY_LIMITS_MEMBERS_PER_ROOM_MAX: '2',
    RELAY_LIMITS_TEXT_MAX_CODE_POINTS: '10',
  });
});

afterAll(() => up.close());

describe('at a limit of rooms', () => {
  it('the reason is said in every dialect, and counted', async () => {
    const web = await webClient('mod');
    expect(await web.request({ type: 'join', room: '1' })).toMatchObject({ type: 'joined' });

    expect(await web.request({ type: 'join', room: '2' })).toMatchObject({
      code: 'TOO_MANY_ROOMS',
    });
    const long = { type: 'say', room: '1', text: '😀'.repeat(11) };
    expect(await web.request(long)).toMatchObject({ code: 'TEXT_TOO_LONG' });
    expect(await web.request({ ...long, text: '😀'.repeat(10) })).toMatchObject({ type: 'said' });
    const whisper = { type: 'whisper', to: '6', text: 'x'.repeat(11) };
    expect(await web.request(whisper)).toMatchObject({ code: 'TEXT_TOO_LONG' });

    const flash = await login('<login u="enobrev" p="mypassword" />', '<rooms');
    flash.send('<room id="1" />');
    await flash.until('<users room_id="1">');
    flash.send('<msg>12345678901</msg>');
    expect(await flash.until('<error')).toMatch('<error code="TEXT_TOO_LONG">');

    const full = await webClient('ann');
    expect(await full.request({ type: 'join', room: '1' })).toMatchObject({ code: 'ROOM_FULL' });
    // A second session of somebody who is in is no second member.
    const again = await webClient('mod');
    expect(await again.request({ type: 'join', room: '1' })).toMatchObject({ type: 'joined' });
    const palabre = await login('<connect nickname="bob" />', '<connect isok="1"');
    palabre.send('<join room="Lobby" />');
    expect(await palabre.until('<error')).toBe('<error>The room is full.</error>');
    const smartfox = await login(
      "<msg t='sys'><body action='login' r='0'><login z='z'><nick>eve</nick><pword></pword></login></body></msg>",
      '<msg t="sys"><body action="logOK"',
    );
    smartfox.send(
      "<msg t='sys'><body action='joinRoom' r='-1'><room id='1' pwd='' spec='0' leave='1' old='-1' /></body></msg>",
    );
    expect(await smartfox.until('<msg t="sys"><body action="joinKO"')).toContain('full');

    expect(await counts()).toEqual({ TOO_MANY_ROOMS: 1, TEXT_TOO_LONG: 3, ROOM_FULL: 3 });
    for (const client of [web, full, again, flash, palabre, smartfox]) client.close();
  });
});

async function webClient(user: string): Promise<WebClient> {
  const web = await connectWeb(up.port);
  expect(await web.request({ type: 'login', user, password: user })).toMatchObject({
    type: 'welcome',
  });
  return web;
}

async function login(frame: string, answer: string): Promise<LegacyClient> {
  const client = await connectLegacy(up.port);
  client.send(frame);
  await client.until(answer);
  return client;
}

async function counts(): Promise<object> {
  const text = await (await fetch(`http://127.0.0.1:${up.adminPort}/metrics`)).text();
  const lines = text.matchAll(/^relay_refusals_total\{code="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, code, count]) => [code, Number(count)]));
}
