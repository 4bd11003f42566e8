import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from '../../src/bus/embedded/find-nats-server.ts';
import type { Section, Settings } from '../scenarios/section.ts';

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const LOAD_AT_START = loadavg()[0] ?? 0;

/**
 * Writes what was measured, with the machine and the versions, and returns the file's path. A run of
 * everything is `latest.md`; a run of some scenarios is kept apart, so that it replaces no other.
 */
export async function writeReport(
  sections: readonly Section[],
  skipped: ReadonlyMap<string, string>,
  { rounds, seconds, isWhole }: Settings & { readonly isWhole: boolean },
): Promise<string> {
  const text = [
    '# What `npm run bench` measured',
    await surroundings(),
    `Medians of ${rounds} turns of ${seconds} s each; the systems take turns.`,
    ...[...skipped].map(([name, reason]) => `Skipped: ${name} (${reason})`),
    ...sections.map(({ title, parts }) => `## ${title}\n\n${parts.join('\n\n')}`),
  ].join('\n\n');
  await mkdir(FOLDER, { recursive: true });
  const path = `${FOLDER}${isWhole ? 'latest' : 'partial'}.md`;
  await writeFile(path, `${text}\n`);
  return path;
}

async function surroundings(): Promise<string> {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const nats = await findNatsServer({ configured: null, env: process.env });
  const lines = [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
    `${cpus().length} cores of ${cpu?.model ?? 'unknown'}, ${gib} GiB, ${type()} ${release()}, load at the start ${LOAD_AT_START.toFixed(1)}`,
    `Node ${process.version}, nats-server ${nats.version}, ${PACKAGES.map(versionOf).join(', ')}, ${php()}`,
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function commit(): string {
  return firstLine('git', ['describe', '--always', '--dirty', '--exclude=*']);
}

function php(): string {
  const said = firstLine('php', ['-v']);
  return /^PHP [\d.]+/.exec(said)?.[0] ?? 'no PHP';
}

function firstLine(command: string, args: readonly string[]): string {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: [...stdio] }).split('\n')[0] ?? ''
    );
  } catch {
    return 'unknown';
  }
}

function versionOf(name: string): string {
  try {
    const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
    const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
    return `${name} ${version}`;
  } catch {
    return `${name} not installed`;
  }
}

const PACKAGES = ['ws', 'socket.io', '@mickl/socket.io-nats-adapter'] as const;
