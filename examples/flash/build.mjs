import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// Compiles the SWFs beside their sources, or one of them to where it is told. The same source gives
// the same bytes; AVM2 needs Haxe 4.2.5.

const HERE = fileURLToPath(new URL('.', import.meta.url));
const COMPILER = fileURLToPath(new URL('../../scripts/flash/compile-as1.mjs', import.meta.url));

const BUILDS = {
  avm1: (target) => run(process.execPath, COMPILER, 'avm1/chat.as', target, '--size', '520x372'),
  avm2: (target) =>
    run(
      ...['haxe', '-cp', 'avm2', '-main', 'ChatAvm2', '--swf', target, '--swf-version', '11'],
      ...['--swf-header', '520:372:24:F2F2F4', '-D', 'no-traces', '-dce', 'full'],
    ),
};
const TARGETS = { avm1: 'avm1/chat.swf', avm2: 'avm2/chat-avm2.swf' };

const [machine, target] = process.argv.slice(2);
const machines = machine === undefined ? Object.keys(BUILDS) : [machine];
if (!machines.every((each) => Object.hasOwn(BUILDS, each))) {
  console.error('usage: node examples/flash/build.mjs [avm1|avm2 [TARGET.swf]]');
  process.exit(2);
}
for (const each of machines) BUILDS[each](target ?? TARGETS[each]);

function run(program, ...args) {
  execFileSync(program, args, { cwd: HERE, stdio: 'inherit' });
}
