import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Compiles the SWFs beside their sources, or one of them to where it is told. The same source gives
// the same bytes; AVM2 needs Haxe 4.2.5.

const HERE = fileURLToPath(new URL('.', import.meta.url));
const COMPILER = fileURLToPath(new URL('../../scripts/flash/compile-as1.mjs', import.meta.url));

const BUILDS = {
  avm1: {
    swf: 'avm1/chat.swf',
    program: process.execPath,
    args: [COMPILER, join(HERE, 'avm1/chat.as'), 'out.swf', '--size', '520x372'],
  },
  avm2: {
    swf: 'avm2/chat-avm2.swf',
    program: 'haxe',
    args: [
      ...['-cp', join(HERE, 'avm2'), '-main', 'ChatAvm2', '--swf', 'out.swf'],
      ...['--swf-version', '11', '--swf-header', '520:372:24:F2F2F4'],
      ...['-D', 'no-traces', '-dce', 'full'],
    ],
  },
};

const [machine, target] = process.argv.slice(2);
const machines = machine === undefined ? Object.keys(BUILDS) : [machine];
if (!machines.every((each) => Object.hasOwn(BUILDS, each))) {
  console.error('usage: node examples/flash/build.mjs [avm1|avm2 [TARGET.swf]]');
  process.exit(2);
}
for (const each of machines) {
  const { swf, program, args } = BUILDS[each];
  // Haxe writes a hash of the name of its output into it.
  const cwd = mkdtempSync(join(tmpdir(), 'xmlsocket-relay-swf-'));
  try {
    execFileSync(program, args, { cwd, stdio: 'inherit' });
    copyFileSync(join(cwd, 'out.swf'), target ?? join(HERE, swf));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
