import { spawnSync } from 'node:child_process';
import { installPackages } from './debian.mjs';

// What the test of the bot in Python runs. Without it that test fails, and says so.

/** Installs Debian's Python when there is none and when that needs nobody's password. */
export function installPython() {
  if (spawnSync('python3', ['--version']).status === 0) return;
  installPackages('python3');
}
