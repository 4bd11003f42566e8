import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// The law of imports: a folder may import these and itself. `cli` plugs everything together.
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  codecs: ['domain'],
  transports: ['domain'],
  bus: ['domain'],
  observability: ['domain'],
  config: [],
  web: [],
  relay: ['domain', 'codecs', 'transports', 'bus', 'observability'],
  core: ['domain', 'bus', 'observability'],
  // What the log says, for people to read: pure, so that commands and pages write the same.
  transcripts: ['domain', 'codecs'],
  // Pages on the admin port. They ask chat-core as a relay does, and are no part of one.
  operator: ['domain', 'bus', 'observability'],
  // Its clients share nothing with the relay and the codecs: what those got wrong they would, too.
  torture: ['domain', 'bus', 'core'],
  cli: [
    ...['domain', 'codecs', 'transports', 'bus', 'observability'],
    ...['config', 'web', 'relay', 'core', 'transcripts', 'torture', 'operator'],
  ],
};

// Each package has one home, so that replacing it touches one folder.
const HOMES: Record<string, readonly string[]> = {
  zod: Object.keys(MAY_IMPORT),
  ws: ['transports', 'torture'],
  nats: ['bus'],
  bcryptjs: ['bus'],
  'fast-xml-parser': ['codecs'],
  xmlbuilder2: ['codecs'],
  pino: ['observability'],
  'prom-client': ['observability'],
  jose: ['core'],
  yaml: ['config'],
  '@ruffle-rs/ruffle': ['web'],
};

const LINES_MAX = 400;
const BUILT_IN = new Set(builtinModules);

interface SourceFile {
  /** From the root, with slashes: `src/domain/ids.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = ['src', 'test'].flatMap((folder) => read(join(ROOT, folder)));
const sources = files.filter(({ path }) => path.startsWith('src/'));

describe('the law of imports', () => {
  it('knows every folder of src', () => {
    const folders = new Set(sources.map(({ path }) => folderOf(path)));
    expect([...folders].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('goes down only', () => {
    const broken = eachImport(sources).filter(({ file, target }) => {
      if (!target.startsWith('src/')) return false;
      const [from, to] = [folderOf(file.path), folderOf(target)];
      return from !== to && !(MAY_IMPORT[from] ?? []).includes(to);
    });
    expect(broken.map(asText)).toEqual([]);
  });

  it('keeps src apart from what tests it', () => {
    const broken = eachImport(sources).filter(
      ({ name, target }) => name.startsWith('.') && !target.startsWith('src/'),
    );
    expect(broken.map(asText)).toEqual([]);
  });

  it('names files with their suffix and built-in modules with node:', () => {
    const broken = eachImport(files).filter(
      ({ name }) => BUILT_IN.has(name) || (name.startsWith('.') && !/\.(ts|json)$/.test(name)),
    );
    expect(broken.map(asText)).toEqual([]);
  });

  it('gives every package one home', () => {
    const broken = eachImport(sources).filter(({ file, name }) => {
      if (name.startsWith('.') || name.startsWith('node:')) return false;
      return !(HOMES[packageOf(name)] ?? []).includes(folderOf(file.path));
    });
    expect(broken.map(asText)).toEqual([]);
  });

  it('has a home for every dependency', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(Object.keys(HOMES).sort()).toEqual(Object.keys(dependencies).sort());
  });

  it('has no circles', () => {
    expect(circles(sources)).toEqual([]);
  });
});

describe('a source file', () => {
  it('can be held in the head', () => {
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > LINES_MAX);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('is named in kebab-case', () => {
    const odd = files.filter(
      ({ path }) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(path),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('hands nothing on that is not its own: there are no barrels', () => {
    const barrels = sources.filter(
      ({ path, text }) => path.endsWith('/index.ts') || /^export \* /m.test(text),
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });

  it('has named exports only', () => {
    const broken = sources.filter(({ text }) => /^export default /m.test(text));
    expect(broken.map(({ path }) => path)).toEqual([]);
  });
});

function read(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return read(full);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(full, 'utf8');
    return [{ path: relative(ROOT, full).split(sep).join('/'), text, imports: importsOf(text) }];
  });
}

function importsOf(text: string): string[] {
  const from =
    /^(?:import|export|\})[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(from)].flatMap((match) => match.slice(1).filter(Boolean));
}

function eachImport(of: readonly SourceFile[]) {
  return of.flatMap((file) =>
    file.imports.map((name) => ({ file, name, target: targetOf(file.path, name) })),
  );
}

function targetOf(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(dirname(path), name) : name;
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function asText({ file, name }: { file: SourceFile; name: string }): string {
  return `${file.path} imports ${name}`;
}

function circles(of: readonly SourceFile[]): string[] {
  const targets = new Map(
    of.map((file) => [file.path, file.imports.map((name) => targetOf(file.path, name))]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
    if (trail.includes(path) || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
}
