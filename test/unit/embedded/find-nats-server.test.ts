import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedError } from '../../../src/bus/embedded/embedded-error.ts';
import { compareVersions, findNatsServer } from '../../../src/bus/embedded/find-nats-server.ts';

// Stand-ins for programs of other projects: nats-server, apt-get and dpkg-deb, as scripts of sh.
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-test-find-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the search for a nats-server', () => {
  it('takes the configured one before all others', async () => {
    const configured = server('elsewhere', '2.10.1');
    server('bin', '2.11.0');
    expect(await find({ configured })).toEqual({ path: configured, version: '2.10.1' });
  });

  it.each([
    ['is not there', () => join(folder, 'absent'), /is no nats-server that runs here/],
    ['is another program', () => script('elsewhere/x', 'echo x 1.2.3'), /is no nats-server/],
    ['is too old', () => server('elsewhere', '2.8.4'), /2\.8\.4 is too old, 2\.9 or later/],
  ])('does not look further when the configured one %s', async (_what, configure, message) => {
    server('bin', '2.11.0');
    const configured = configure();
    await expect(find({ configured })).rejects.toThrow(EmbeddedError);
    await expect(find({ configured })).rejects.toThrow(message);
  });

  it('goes through PATH, then the system, then what was fetched, the newest first', async () => {
    const newer = server('cache/xmlsocket-relay/nats-server-2.10.27', '2.10.27');
    server('cache/xmlsocket-relay/nats-server-2.9.10', '2.9.10');
    expect((await find()).path).toBe(newer);
    const system = server('sbin', '2.9.10');
    expect((await find()).path).toBe(system);
    const inPath = server('bin', '2.9.15');
    expect((await find()).path).toBe(inPath);
  });

  it('passes over what is too old or does not run', async () => {
    server('bin', '2.2.0');
    script('sbin/nats-server', 'exit 1');
    const fetched = server('cache/xmlsocket-relay/nats-server-2.9.10', '2.9.10');
    expect((await find()).path).toBe(fetched);
  });

  it("fetches the distribution's package into the cache, once", async () => {
    script('bin/apt-get', 'echo "$*" >> "$LOG"; touch nats-server_1_all.deb');
    script('bin/dpkg-deb', unpack('2.9.10'));
    const kept = join(folder, 'cache/xmlsocket-relay/nats-server-2.9.10/nats-server');
    const both = await Promise.all([find(), find()]);
    expect(both).toEqual([
      { path: kept, version: '2.9.10' },
      { path: kept, version: '2.9.10' },
    ]);
    rmSync(join(folder, 'bin/apt-get'));
    expect((await find()).path).toBe(kept);
  });

  it('reads package lists of its own when those of the system are empty', async () => {
    script(
      'bin/apt-get',
      [
        'for word in "$@"; do',
        '  case "$word" in',
        '    Dir::State::Lists=*) lists=$(echo "$word" | cut -d = -f 2) ;;',
        '    update) touch "$lists/read"; exit 0 ;;',
        '  esac',
        'done',
        '[ -e "$lists/read" ] || { echo "E: Unable to locate package nats-server" >&2; exit 100; }',
        'touch nats-server_1_all.deb',
      ].join('\n'),
    );
    script('bin/dpkg-deb', unpack('2.9.10'));
    expect((await find()).version).toBe('2.9.10');
  });

  it('says how to install one when there is none, and what was passed over', async () => {
    const old = server('sbin', '2.2.0');
    const failure = await find().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmbeddedError);
    const { message } = failure as EmbeddedError;
    expect(message).toContain('RELAY_NATS_SERVER_BINARY');
    expect(message).toContain('RELAY_NATS_URL');
    expect(message).toContain(`Passed over ${old}: nats-server 2.2.0 is too old`);
    if (process.platform === 'linux') expect(message).toContain('apt-get install nats-server');
  });
});

describe('versions', () => {
  it.each([
    ['2.9.10', '2.9.9', 1],
    ['2.9.10', '2.10.0', -1],
    ['2.12.0-RC.1', '2.12.0', 0],
    ['2.9', '2.9.0', 0],
  ])('%s to %s: %i', (one, other, expected) => {
    expect(compareVersions(one, other)).toBe(expected);
  });
});

function find({ configured = null }: { configured?: string | null } = {}) {
  const env = {
    // The scripts need a few programs of the system; a nats-server of it must not be found.
    PATH: [join(folder, 'bin'), toolsFolder()].join(':'),
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    LOG: join(folder, 'log'),
  };
  return findNatsServer({ configured, env, systemFolders: [join(folder, 'sbin')] });
}

function toolsFolder(): string {
  for (const tool of ['touch', 'mkdir', 'chmod', 'cut'])
    script(`tools/${tool}`, `exec /bin/${tool} "$@"`);
  return join(folder, 'tools');
}

function server(where: string, version: string): string {
  return script(`${where}/nats-server`, `echo "nats-server: v${version}"`);
}

// Does what `dpkg-deb -x ARCHIVE FOLDER` would do.
function unpack(version: string): string {
  return [
    'mkdir -p "$3/usr/sbin"',
    `printf '#!/bin/sh\\necho nats-server: v${version}\\n' > "$3/usr/sbin/nats-server"`,
    'chmod 755 "$3/usr/sbin/nats-server"',
  ].join('\n');
}

function script(path: string, body: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}
