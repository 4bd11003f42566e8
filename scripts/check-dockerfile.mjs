import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from './prepare.mjs';

// Does what the Dockerfile says without an engine: each stage is a folder, COPY takes committed files
// that .dockerignore lets through, RUN runs there. Only what changes the system is left out.

const RECURSIVE = { recursive: true };
const work = mkdtempSync(join(tmpdir(), 'xmlsocket-relay-image-'));
try {
  const context = join(work, 'context');
  exportCommitted(context);
  const final = buildStages(instructions(), context);
  const main = [join(final, 'app/dist/cli/main.js'), 'check-config'];
  execFileSync(process.execPath, main, { cwd: join(final, 'app'), stdio: ['ignore', 'ignore', 2] });
  process.stdout.write('Dockerfile: every step works, and the result reads its configuration\n');
} finally {
  rmSync(work, { recursive: true, force: true });
}

function exportCommitted(context) {
  const all = join(work, 'all');
  mkdirSync(all);
  mkdirSync(context);
  const archive = execFileSync('git', ['archive', 'HEAD'], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', all], { input: archive });
  const ignored = readFileSync(join(all, '.dockerignore'), 'utf8').split('\n');
  for (const line of ignored.filter((rule) => rule.startsWith('!'))) {
    const path = line.slice(1);
    if (existsSync(join(all, path))) cpSync(join(all, path), join(context, path), RECURSIVE);
  }
}

function instructions() {
  return readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, name, rest]) => ({ name, rest }));
}

function buildStages(steps, context) {
  const stages = new Map();
  let stage = '';
  let folder = '';
  for (const { name, rest } of steps) {
    if (name === 'FROM') {
      stage = join(work, `stage-${stages.size}`);
      folder = stage;
      mkdirSync(folder);
      stages.set(/ AS (\S+)/i.exec(rest)?.[1] ?? stage, stage);
    }
    if (name === 'WORKDIR') {
      folder = join(stage, rest);
      mkdirSync(folder, RECURSIVE);
    }
    if (name === 'COPY') copy(rest.split(/\s+/), folder, context, stages);
    if (name === 'RUN' && !rest.includes('apt-get')) runIn(folder, rest);
  }
  return stage;
}

function copy(words, folder, context, stages) {
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : null;
  const source = from === null ? context : stages.get(from);
  const target = words.pop();
  for (const word of words) {
    const into = target.endsWith('/') ? join(folder, target, basename(word)) : join(folder, target);
    cpSync(join(source, word), into, { ...RECURSIVE, verbatimSymlinks: true });
  }
}

function runIn(folder, command) {
  process.stdout.write(`Dockerfile: ${command}\n`);
  execFileSync('sh', ['-c', command], { cwd: folder, stdio: ['ignore', 2, 2] });
}
