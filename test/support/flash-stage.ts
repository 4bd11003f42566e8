import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { Inbox } from './inbox.ts';

const WITHIN_MS = 60_000;
const SWFS = fileURLToPath(new URL('../../examples/flash/', import.meta.url));
const RUFFLE = dirname(createRequire(import.meta.url).resolve('@ruffle-rs/ruffle'));

/** Where a SWF is told to connect, and where Ruffle then goes. */
export interface FlashSettings {
  /** Under examples/flash. */
  readonly swf: string;
  readonly user: string;
  readonly password: string;
  /** A WebSocket that carries the bytes of the XMLSocket. */
  readonly proxyUrl: string;
}

/** A SWF that runs in Ruffle: what it traces, and what it can be asked to do. */
export class FlashClient {
  readonly #page: Page;
  readonly #id: string;
  readonly #traces: Inbox<string>;

  constructor(page: Page, id: string, traces: Inbox<string>) {
    this.#page = page;
    this.#id = id;
    this.#traces = traces;
  }

  /** The next line that it traces and that begins so; those before it are dropped. */
  async until(beginning: string): Promise<string> {
    return this.#traces.until((line) => line.startsWith(beginning), WITHIN_MS);
  }

  async heard(name: string, text: string): Promise<void> {
    await this.#traces.until((line) => line === `heard ${name}: ${text}`, WITHIN_MS);
  }

  /** Calls what the SWF offers to JavaScript. */
  async call(method: string, ...args: readonly string[]): Promise<unknown> {
    return this.#page.evaluate(`call(${JSON.stringify([this.#id, method, ...args])})`);
  }
}

/** A web page of a test's own that runs SWFs in Ruffle. */
export class FlashStage {
  readonly #server: Server;
  readonly #page: Page;
  readonly #traces = new Map<string, Inbox<string>>();

  constructor(server: Server, page: Page) {
    this.#server = server;
    this.#page = page;
  }

  async open(): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    await this.#page.exposeFunction('traced', (id: string, line: string) => {
      this.#traces.get(id)?.put(line);
    });
    await this.#page.goto(`http://127.0.0.1:${port}/`);
  }

  async run(settings: FlashSettings): Promise<FlashClient> {
    const id = `swf-${this.#traces.size + 1}`;
    const traces = new Inbox<string>();
    this.#traces.set(id, traces);
    const { swf, user, password, proxyUrl } = settings;
    const socket = { host: 'chat.example', port: 1234, proxyUrl };
    const parameters = {
      ...{ chatHost: socket.host, chatPort: String(socket.port), chatRoom: '1' },
      ...{ chatUser: user, chatPassword: password },
    };
    await this.#page.evaluate(`run(${JSON.stringify([id, `/swf/${swf}`, parameters, [socket]])})`);
    return new FlashClient(this.#page, id, traces);
  }

  async close(): Promise<void> {
    await this.#page.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export async function openFlashStage(browser: Browser): Promise<FlashStage> {
  const server = createServer((request, response) => {
    const [, folder = '', ...rest] = (request.url ?? '').split('/');
    const root = { swf: SWFS, ruffle: RUFFLE }[folder];
    const name = rest.join('/');
    if (root === undefined) response.setHeader('content-type', 'text/html').end(PAGE);
    else {
      if (name.endsWith('.wasm')) response.setHeader('content-type', 'application/wasm');
      createReadStream(join(root, name)).pipe(response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stage = new FlashStage(server, await browser.newPage());
  await stage.open();
  return stage;
}

// A trace observer that is set before `load` is lost.
const PAGE = `<!doctype html><title>stage</title><link rel="icon" href="data:,">
<script src="/ruffle/ruffle.js"></script>
<script>
RufflePlayer.config = { polyfills: false, publicPath: '/ruffle/' };
const players = new Map();
async function run([id, url, parameters, socketProxy]) {
  const player = RufflePlayer.newest().createPlayer();
  players.set(id, player);
  document.body.append(player);
  await player.ruffle(1).load({
    url, parameters, socketProxy, allowScriptAccess: true, autoplay: 'on', letterbox: 'off',
    unmuteOverlay: 'hidden', splashScreen: false, preferredRenderer: 'canvas', upgradeToHttps: false,
    warnOnUnsupportedContent: false, contextMenu: 'off', logLevel: 'warn',
  });
  player.ruffle(1).traceObserver = (line) => traced(id, line);
}
function call([id, method, ...args]) {
  return players.get(id)[method](...args);
}
</script>`;
