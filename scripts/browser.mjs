import { existsSync, readFileSync } from 'node:fs';
import { installPackages } from './debian.mjs';

// What the tests of the Flash clients run in. They say themselves what to do when it is not there.

const PROGRAMS = JSON.parse(readFileSync(new URL('browsers.json', import.meta.url), 'utf8'));

/** Installs Debian's Chromium when there is none and when that needs nobody's password. */
export function installBrowser() {
  if (process.env.CHROMIUM !== undefined || PROGRAMS.some((program) => existsSync(program))) return;
  installPackages('chromium', 'fonts-dejavu-core');
}
