import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs Debian's packages for the tests, where that is Debian and needs nobody's password. */
export function installPackages(...packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  process.stderr.write(`xmlsocket-relay: installing ${packages.join(' and ')} for the tests\n`);
  aptGet('update', '-qq');
  aptGet('install', '-qq', '-y', '--no-install-recommends', ...packages);
}

function aptGet(...args) {
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=900', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', process.stderr, process.stderr],
  });
}
