import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is served under one path. It is fixed at the start: a request only chooses among these. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly sizeBytes: number;
  /** In memory, or the file of one that is too large to be held there. */
  readonly content: Buffer | { readonly file: string };
}

export type Assets = ReadonlyMap<string, Asset>;

/** What the demo page is told. */
export interface PageSettings {
  /** Whether a name without a password may be enough. */
  readonly guests: boolean;
  /** Who it logs in by itself; null: it asks. */
  readonly logins: { readonly flash: Login; readonly web: Login } | null;
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Reads the demo page, its SWF, the protocol and Ruffle. Throws when one of them is missing. */
export function readAssets(settings: PageSettings): Assets {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(PAGE_FOLDER).sort()) {
    if (TYPES.has(extname(name))) assets.set(`/web/${name}`, held(join(PAGE_FOLDER, name)));
  }
  assets.set('/web/chat.swf', held(SWF));
  assets.set('/protocol.md', held(PROTOCOL));
  assets.set('/web/settings.json', heldBytes(Buffer.from(JSON.stringify(settings)), '.json'));
  const page = assets.get('/web/index.html');
  if (page === undefined) throw new Error(`${PAGE_FOLDER} has no index.html`);
  assets.set('/', page);
  for (const [path, asset] of ruffleAssets()) assets.set(path, asset);
  return assets;
}

function held(file: string): Asset {
  return heldBytes(readFileSync(file), extname(file));
}

function heldBytes(content: Buffer, extension: string): Asset {
  return {
    type: typeOf(extension),
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    cacheControl: REVALIDATED,
    sizeBytes: content.length,
    content,
  };
}

// 30 MB, most of it two builds of one program: left on the disk until somebody asks.
function* ruffleAssets(): Iterable<[string, Asset]> {
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve('@ruffle-rs/ruffle'));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name);
    const extension = extname(name);
    if (extension !== '.js' && extension !== '.wasm') continue;
    const sizeBytes = statSync(file).size;
    yield [
      `/ruffle/${name}`,
      {
        type: typeOf(extension),
        etag: `"ruffle-${version}-${sizeBytes}"`,
        cacheControl: HASH_IN_NAME.test(name) ? KEPT_FOR_EVER : REVALIDATED,
        sizeBytes,
        content: { file },
      },
    ];
  }
}

function typeOf(extension: string): string {
  return TYPES.get(extension) ?? 'application/octet-stream';
}

const PAGE_FOLDER = fileURLToPath(new URL('../../web/', import.meta.url));
const SWF = fileURLToPath(new URL('../../examples/flash/avm1/chat.swf', import.meta.url));
const PROTOCOL = fileURLToPath(new URL('../../protocol.md', import.meta.url));
const REVALIDATED = 'no-cache';
const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';
const HASH_IN_NAME = /(^|\.)[0-9a-f]{20}\./;
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  // Browsers show plain text, and save what they do not know.
  ['.md', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.swf', 'application/x-shockwave-flash'],
  ['.wasm', 'application/wasm'],
]);
