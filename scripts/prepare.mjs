import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What `npm start` and `npm test` do first, with nothing but Node: a fresh clone has no dependencies.

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LOWEST_NODE = '20.19';

/** Ends the process with one line when Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [lowestMajor, lowestMinor] = LOWEST_NODE.split('.').map(Number);
  if (major > lowestMajor || (major === lowestMajor && minor >= lowestMinor)) return;
  end(`Node ${LOWEST_NODE} or later is needed, this is ${process.versions.node}.`);
}

/** Installs the locked dependencies when they are missing or older than the lock. */
export function installDependencies() {
  const installed = timeOf(join(ROOT, 'node_modules/.package-lock.json'));
  if (installed > 0 && installed >= timeOf(join(ROOT, 'package-lock.json'))) return;
  say('installing dependencies (npm ci)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund'];
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm)) run(process.execPath, [npm, ...args]);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

/** Compiles src into dist when a source is newer than the last build. */
export function build() {
  const stamp = join(ROOT, 'dist/.built');
  const inputs = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  const newest = Math.max(...inputs.map((input) => newestIn(join(ROOT, input))));
  if (timeOf(stamp) > newest) return;
  say('building');
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  run(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  writeFileSync(stamp, '');
}

function run(program, args) {
  // On stderr: the standard output belongs to the program that is prepared for.
  const stdio = ['inherit', process.stderr, 'inherit'];
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio });
  if (error !== undefined) end(`${program} could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function newestIn(path) {
  if (!statSync(path).isDirectory()) return timeOf(path);
  const times = readdirSync(path).map((name) => newestIn(join(path, name)));
  return Math.max(timeOf(path), ...times);
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function say(what) {
  process.stderr.write(`xmlsocket-relay: ${what}\n`);
}

function end(why) {
  process.stderr.write(`xmlsocket-relay: ${why}\n`);
  process.exit(1);
}
