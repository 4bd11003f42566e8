import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { type FlashClient, type FlashStage, openFlashStage } from '../support/flash-stage.ts';
import { openSocketPipe, type SocketPipe } from '../support/socket-pipe.ts';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb, type WebClient, type WebMessage } from '../support/web-client.ts';

const AWKWARD: readonly (readonly [string, string])[] = [
  ['markup', `a < b && c > "d" & 'e' <msg from_id="0">*root</msg> <![CDATA[x]]> &amp; &#65;`],
  ['astral characters', 'Grüße 日本語 😀👩‍🚀 𝒳 é'],
  ['percent signs', '100%41 a+b %E6%97%A5 % 50%'],
  ['3,000 characters', 'lorem ipsum '.repeat(250).trimEnd().padEnd(3000, '.')],
];

let folder: { path: string; remove: () => Promise<void> };
let env: Record<string, string>;
let up: Program;
let pipe: SocketPipe;
let browser: Browser;

const port = (): number => Number(up.ready['port']);

beforeAll(async () => {
  folder = await temporaryFolder();
  env = { RELAY_DATA_DIR: folder.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' };
  up = await startProgram(['up'], env);
  pipe = await openSocketPipe(port());
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser.close();
  pipe.close();
  await up.stop();
  await folder.remove();
});

const WIRES = [
  { wire: '/xmlsocket', swf: 'avm1/chat.swf', machine: 'AVM1' },
  { wire: '/xmlsocket', swf: 'avm2/chat-avm2.swf', machine: 'AVM2' },
  { wire: 'plain TCP', swf: 'avm1/chat.swf', machine: 'AVM1' },
  { wire: 'plain TCP', swf: 'avm2/chat-avm2.swf', machine: 'AVM2' },
];

describe.each(WIRES)('a SWF on $machine over $wire', { timeout: 180_000 }, ({ wire, swf }) => {
  let stage: FlashStage;
  let flash: FlashClient;
  let web: WebClient;

  beforeAll(async () => {
    stage = await openFlashStage(browser);
    web = await enterFromTheWeb();
    const proxyUrl = wire === '/xmlsocket' ? `ws://127.0.0.1:${port()}/xmlsocket` : pipe.url;
    flash = await stage.run({ swf, user: 'enobrev', password: 'mypassword', proxyUrl });
    await flash.until('joined 1');
    await web.until('member.entered', isOfFlash);
  }, 180_000);

  afterAll(async () => {
    web.close();
    await stage.close();
  });

  it('talks with a web client in one room, both ways', async () => {
    expect(await flash.call('say', 'Hello from 2004')).toBe(true);
    const heard = await web.until('message.posted', isOfFlash);
    expect(heard).toMatchObject({ text: 'Hello from 2004', from: { id: '6', name: 'enobrev' } });
    await flash.heard('enobrev', 'Hello from 2004');
    web.send({ type: 'say', room: '1', text: 'Hello from today' });
    await flash.heard('ann', 'Hello from today');
    expect(await flash.call('talk')).toContain('ann: Hello from today');
  });

  it.each(AWKWARD)('carries %s unharmed, both ways', async (_name, text) => {
    expect(await flash.call('say', text)).toBe(true);
    expect(await web.until('message.posted', isOfFlash)).toMatchObject({ text });
    await flash.heard('enobrev', text);
    web.send({ type: 'say', room: '1', text });
    await flash.heard('ann', text);
  });

  it('sees others come and go', async () => {
    const mod = await connectWeb(port());
    await mod.request({ type: 'login', user: 'mod', password: 'mod' });
    await mod.request({ type: 'join', room: '1' });
    expect(await flash.until('entered')).toBe('entered mod');
    expect(await flash.until('system')).toBe('system *mod has entered');
    mod.close();
    expect(await flash.until('left')).toBe('left mod');
    expect(await flash.until('system')).toBe('system *mod has left');
  });

  it('comes back by itself after the relay was stopped and started', async () => {
    const samePort = String(port());
    await up.stop();
    await flash.until('closed');
    up = await startProgram(['up'], { ...env, RELAY_PORT: samePort });
    web = await enterFromTheWeb();
    await flash.until('joined 1');
    expect(await flash.call('say', 'Back again')).toBe(true);
    expect(await web.until('message.posted', isOfFlash)).toMatchObject({ text: 'Back again' });
  });
});

function isOfFlash({ from }: WebMessage): boolean {
  return typeof from === 'object' && from !== null && 'id' in from && from.id === '6';
}

async function enterFromTheWeb(): Promise<WebClient> {
  const web = await connectWeb(port());
  await web.request({ type: 'login', user: 'ann', password: 'ann' });
  expect(await web.request({ type: 'join', room: '1' })).toMatchObject({ type: 'joined' });
  return web;
}
