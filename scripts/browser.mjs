import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

// What the tests of the Flash clients run in. They say themselves what to do when it is not there.

const PROGRAMS = JSON.parse(readFileSync(new URL('browsers.json', import.meta.url), 'utf8'));
const PACKAGES = ['chromium', 'fonts-dejavu-core'];

/** Installs Debian's Chromium when there is none and when that needs nobody's password. */
export function installBrowser() {
  if (process.env.CHROMIUM !== undefined || PROGRAMS.some((program) => existsSync(program))) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  process.stderr.write(`xmlsocket-relay: installing ${PACKAGES.join(' and ')} for the tests\n`);
  aptGet('update', '-qq');
  aptGet('install', '-qq', '-y', '--no-install-recommends', ...PACKAGES);
}

function aptGet(...args) {
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=900', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', process.stderr, process.stderr],
  });
}
